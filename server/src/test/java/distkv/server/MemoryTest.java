package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.number;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.MsgWriter;
import distkv.server.memory.MemoryLimits;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when a server's memory is used up: whoever uses most of it suffers, nobody else. */
@Timeout(60)
class MemoryTest {
    private static final int MB = 1 << 20;

    /** As if the heap had 20 MB: 9 for the tree, 4 for connections, 2 for streams. */
    private final MemoryLimits memory = MemoryLimits.ofHeap(20 * MB);

    private ServerFixture fixture;
    private WireClient wire;

    @BeforeEach
    void open() throws IOException {
        fixture = new ServerFixture(ServerFixture.OPTIONS.withMemory(memory), new MemoryStore("tree"));
        wire = fixture.wire();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Map<String, Object> set(Object name, Object value) throws IOException {
        return wire.call("set_value", "path", path("v", name), "value", value);
    }

    @Test
    void writesThatGrowAFullTreeAreRefusedAndDeletesPass() throws IOException {
        int kept = 0;
        Map<String, Object> reply = set(kept, new byte[200_000]);
        while (!reply.containsKey("error")) {
            kept++;
            assertThat(kept).isLessThan(100);
            reply = set(kept, new byte[200_000]);
        }
        assertThat(reply)
                .containsEntry("etype", "full")
                .hasEntrySatisfying(
                        "error",
                        text -> assertThat(text.toString())
                                .contains("(expected: at most " + memory.tree() + " in all; delete something"));
        assertThat(kept).isGreaterThan(40);
        assertThat(set(0, new byte[190_000])).as("what is smaller").containsEntry("changed", true);
        assertThat(wire.call("commit", "writes", List.of(map("path", path("v", 99), "value", new byte[200_000]))))
                .containsEntry("etype", "full");
        assertThat(wire.call(
                        "commit",
                        "writes",
                        List.of(map("path", path("v", 1)), map("path", path("v", 99), "value", new byte[200_000]))))
                .as("one for another")
                .containsKey("ticks");
        assertThat(wire.call("session", "ttl", 60)).as("sessions").containsKey("session");
        assertThat(wire.call("delete_value", "path", path("v", 2))).containsEntry("changed", true);
        assertThat(set(2, new byte[150_000])).containsEntry("changed", true);
        List<?> state = (List<?>) WireClient.get(wire.call("get_state", "memory", true), "memory");
        assertThat(state.get(1)).isEqualTo(memory.tree());
        assertThat((Long) state.getFirst()).isBetween(memory.tree() * 9 / 10, memory.tree());
    }

    @Test
    void whoHoldsUnfinishedMessagesIsDroppedAndTheOthersGoOn() throws IOException {
        List<WireClient> hogs = new ArrayList<>();
        MsgWriter head = new MsgWriter();
        head.map(1).text("value").bytesHead(300_000);
        byte[] most = new byte[290_000];
        assertThat(set("x", 1)).containsEntry("changed", true);
        for (int i = 0; i < 40; i++) {
            WireClient hog = fixture.wire();
            hogs.add(hog);
            hog.sendBytes(head.toByteArray());
            hog.sendBytes(most);
            assertThat(wire.call("get_value", "path", path("v", "x"))).containsEntry("value", 1L);
        }
        int dropped = 0;
        for (WireClient hog : hogs) {
            // Who was not dropped is answered.
            try {
                hog.sendBytes(new byte[20_000]);
                Map<String, Object> reply = hog.readOrEnd();
                dropped += reply == null || "full".equals(reply.get("etype")) ? 1 : 0;
            } catch (IOException e) {
                dropped++;
            }
        }
        assertThat(dropped).isBetween(20, 39);
        assertThat(set("y", new byte[200_000])).containsEntry("changed", true);
    }

    @Test
    void whoDoesNotReadRepliesIsDroppedAndTheOthersGoOn() throws IOException {
        set("big", new byte[300_000]);
        int dropped = 0;
        for (int i = 0; i < 30; i++) {
            WireClient hog = fixture.wire();
            try {
                for (int j = 0; j < 40; j++) {
                    hog.ask("get_value", "path", path("v", "big"));
                }
            } catch (IOException e) {
                dropped++;
            }
        }
        assertThat(dropped).isLessThan(30);
        for (int i = 0; i < 200; i++) {
            assertThat(set("x", i)).containsKey("changed");
        }
        assertThat(wire.call("get_value", "path", path("v", "big"))).containsKey("value");
    }

    @Test
    void watchesThatAreNotReadEndWithOverflowAndTheOthersGoOn() throws IOException {
        WireClient slow = fixture.wire();
        slow.send(map("seq", 0, "qlen", 4));
        for (int i = 0; i < 100; i++) {
            slow.ask("watch", "path", path("v"), "nchain", 0);
        }
        WireClient good = fixture.wire();
        long watch = good.ask("watch", "path", path("v"), "nchain", 0);
        assertThat(good.read()).containsEntry("state", "start");
        for (int i = 0; i < 1_000; i++) {
            set(i, i);
            assertThat(good.read()).containsEntry("seq", watch).containsEntry("value", (long) i);
        }
        assertThat(readToError(slow)).containsEntry("etype", "overflow");
        assertThat(slow.call("get_value", "path", path("v", 5))).containsEntry("value", 5L);
        long again = slow.ask("watch", "path", path("w"), "nchain", 0);
        assertThat(slow.readWhere(message -> Long.valueOf(again).equals(message.get("seq"))))
                .containsEntry("state", "start");
    }

    @Test
    void aTreeThatIsReadTooSlowlyEndsWithOverflow() throws IOException {
        for (int i = 0; i < 30; i++) {
            set(i, new byte[100_000]);
        }
        WireClient slow = fixture.wire();
        slow.send(map("seq", 0, "qlen", 4));
        long tree = slow.ask("get_tree", "path", path("v"));
        assertThat(slow.read()).containsEntry("state", "start");
        long watch = slow.ask("watch", "path", path("v"), "fetch", true);
        for (int i = 0; i < 60; i++) {
            set(i % 30, new byte[100_000 + i]);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(readToError(slow))
                    .containsEntry("etype", "overflow")
                    .hasEntrySatisfying("seq", seq -> assertThat(seq).isIn(tree, watch));
        }
    }

    private static Map<String, Object> readToError(WireClient reader) throws IOException {
        while (true) {
            Map<String, Object> message = reader.read();
            if (message.containsKey("wseq")) {
                reader.send(map("seq", message.get("seq"), "state", "ack", "ack", number(message, "wseq")));
            }
            if (message.containsKey("error")) {
                return message;
            }
        }
    }

    @Test
    void whatIsGivenBackIsThereForOthers() throws IOException {
        for (int round = 0; round < 30; round++) {
            try (WireClient one = fixture.wire()) {
                one.call("set_value", "path", path("v", "same"), "value", new byte[300_000]);
                for (int i = 0; i < 50; i++) {
                    one.ask("watch", "path", path("v"), "nchain", 0, "fetch", true);
                }
                one.call("set_value", "path", path("w"), "value", 1);
            }
        }
        assertThat(set("x", new byte[300_000])).containsEntry("changed", true);
    }
}
