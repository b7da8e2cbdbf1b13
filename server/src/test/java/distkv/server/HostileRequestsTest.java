package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Value;
import distkv.protocol.Ext;
import distkv.protocol.ExtType;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that took minutes, or all memory: they are answered, and so is everybody else. */
@Timeout(40)
class HostileRequestsTest extends WireTest {
    private static Ext number(int size) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) 0x5A);
        return new Ext(ExtType.INTEGER, content);
    }

    private static Value listKeys(int count) {
        MsgWriter out = new MsgWriter().map(count);
        for (int i = 0; i < count; i++) {
            out.array(2).number(i).number(31L * (count - i) + 70_000);
            out.nil();
        }
        return new Value(out.toByteArray());
    }

    @Test
    void aNumberOfManyDigitsIsNoTextInAnError() throws IOException {
        wire.call("set_value", "path", path("a"), "value", number(1_000_000));
        assertThat(wire.call("set_value", "path", path("a"), "value", 1, "prev", number(1_000_001)))
                .containsEntry("etype", "value")
                .hasEntrySatisfying(
                        "error",
                        text -> assertThat(text.toString())
                                .contains("<integer of 1000000 bytes> not <integer of 1000001 bytes>")
                                .hasSizeLessThan(1_000));
    }

    @Test
    void aPathOfManyDigitsIsCutInAnError() throws IOException {
        Object[] long1 = {"a", number(10_000), number(10_000)};
        assertThat(wire.call("get_tree", "path", List.of(long1))).containsEntry("state", "start");
        assertThat(wire.read())
                .hasEntrySatisfying(
                        "error",
                        text -> assertThat(text.toString())
                                .contains("bytes in all")
                                .hasSizeLessThan(3_000));
    }

    @Test
    void aMessageWhoseKeysShareOneHashIsPassedOn() throws IOException {
        WireClient listener = fixture.wire();
        listener.call("msg_monitor", "topic", path("t"), "raw", true);
        byte[] bytes = listKeys(120_000).bytes();
        assertThat(wire.call("msg_send", "topic", path("t"), "raw", bytes)).doesNotContainKey("error");
        assertThat(listener.read())
                .hasEntrySatisfying("raw", raw -> assertThat((byte[]) raw).isEqualTo(bytes));
    }

    @Test
    void longWorkHoldsNobodyElseUp() throws IOException {
        WireClient keeper = fixture.wire();
        keeper.call("session", "ttl", 60);
        Value first = listKeys(500_000);
        byte[] changed = first.bytes().clone();
        changed[changed.length - 1] = (byte) 0xC2;
        wire.call("set_value", "path", path("m"), "value", first);
        WireClient[] hostile = new WireClient[4];
        for (int i = 0; i < hostile.length; i++) {
            hostile[i] = fixture.wire();
            hostile[i].ask("set_value", "path", path("m"), "value", 1, "prev", new Value(changed));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(keeper.call("session_renew")).containsEntry("ttl", 60.0);
            assertThat(keeper.call("set_value", "path", path("k"), "value", i)).containsKey("changed");
        }
        for (WireClient one : hostile) {
            assertThat(one.read()).containsEntry("etype", "value");
        }
    }

    @Test
    void aReplyThatWouldBeTooLargeIsNotMadeFirst() throws IOException {
        // Some 40 MB of values, below one path.
        for (int i = 0; i < 40; i++) {
            wire.call("set_value", "path", path("big", i), "value", new byte[1 << 20]);
        }
        assertThat(wire.call("enum", "path", path("big"), "with_data", true))
                .containsEntry("etype", "request")
                .hasEntrySatisfying("error", text -> assertThat(text.toString()).startsWith("result: 1"));
    }

    @Test
    void arraysOfNothingTakeNoMemoryOfTheirOwn() throws IOException {
        byte[] nils = new byte[15 << 20];
        Arrays.fill(nils, (byte) 0xC0);
        MsgWriter out = new MsgWriter();
        out.array(nils.length).raw(nils, 0, nils.length);
        byte[] array = out.toByteArray();
        for (int i = 0; i < 6; i++) {
            assertThat(wire.call("msg_send", "topic", path("t"), "raw", array)).doesNotContainKey("error");
        }
        assertThat(Values.isSound(new Value(array), 1)).isTrue();
        wire.send(map("seq", 0, "qlen", 10));
    }
}
