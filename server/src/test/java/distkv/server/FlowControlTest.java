package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowControlTest extends WireTest {
    @Test
    void aTreeIsOfOneMomentHoweverSlowlyItIsRead() throws IOException {
        fill(0, 300, "before");
        WireClient reader = fixture.wire();
        reader.send(map("seq", 0, "qlen", 4));
        long seq = reader.ask("get_tree", "path", path("t"));
        assertThat(reader.read()).containsEntry("state", "start").containsEntry("wseq", 1L);
        fill(0, 300, "after");
        List<Object> values = new ArrayList<>();
        for (Map<String, Object> message = reader.read();
                !"end".equals(message.get("state"));
                message = reader.read()) {
            values.add(message.get("value"));
            reader.send(map("seq", seq, "state", "ack", "ack", message.get("wseq")));
        }
        assertThat(values).hasSize(300).containsOnly("before");
    }

    @Test
    void aStalledStreamHoldsNothingElseUp() throws IOException {
        fill(0, 100, "v");
        WireClient slow = fixture.wire();
        slow.send(map("seq", 0, "qlen", 10));
        long tree = slow.ask("get_tree", "path", path("t"));
        for (long wseq = 1; wseq <= 9; wseq++) {
            assertThat(slow.read()).containsEntry("seq", tree).containsEntry("wseq", wseq);
        }
        // Nine are under way, so nothing more comes of this one; everything else does.
        long watch = slow.ask("watch", "path", path("t"), "nchain", 0);
        assertThat(slow.read())
                .containsEntry("seq", watch)
                .containsEntry("state", "start")
                .containsEntry("wseq", 1L);
        assertThat(slow.call("get_value", "path", path("t", 5))).containsEntry("value", "v");
        slow.ask("set_value", "path", path("t", 5), "value", "w");
        assertThat(slow.read())
                .containsEntry("seq", watch)
                .containsEntry("value", "w")
                .containsEntry("wseq", 2L);
        assertThat(slow.read()).containsEntry("changed", true).doesNotContainKey("wseq");
        slow.send(map("seq", tree, "state", "ack", "ack", 9));
        for (long wseq = 10; wseq <= 18; wseq++) {
            assertThat(slow.read()).containsEntry("seq", tree).containsEntry("wseq", wseq);
        }
        stop(slow, tree);
        slow.send(map("seq", tree, "state", "ack", "ack", 18));
        assertThat(slow.call("get_value", "path", path("t", 5))).containsEntry("value", "w");
    }

    @Test
    void aClientMayChooseItsWindow() throws IOException {
        fill(0, 400, "v");
        WireClient reader = fixture.wire();
        reader.send(map("seq", 0, "qlen", 200));
        long seq = reader.ask("get_tree", "path", path("t"));
        for (long wseq = 1; wseq <= 199; wseq++) {
            assertThat(reader.read()).containsEntry("wseq", wseq);
        }
        assertThat(reader.call("get_value", "path", path("none"))).doesNotContainKey("value");
        reader.send(map("seq", seq, "state", "ack", "ack", 199));
        assertThat(reader.read()).containsEntry("wseq", 200L);
    }

    @Test
    void aWatcherThatLagsGetsTheNewestOfEachPathInTheirOrder() throws IOException {
        WireClient slow = fixture.wire();
        slow.send(map("seq", 0, "qlen", 4));
        long watch = slow.ask("watch", "path", path("t"));
        for (int round = 0; round < 30; round++) {
            fill(0, 100, round);
        }
        wire.call("delete_value", "path", path("t", 50));
        // Two items had been on their way when the queue ran full; the rest is the newest of each path.
        Map<Object, Map<String, Object>> newest = new HashMap<>();
        long last = 0;
        int items = 0;
        for (boolean done = false; !done; items++) {
            Map<String, Object> message = slow.read();
            slow.send(map("seq", watch, "state", "ack", "ack", message.get("wseq")));
            if (message.containsKey("path")) {
                assertThat(WireClient.number(message, "tock")).isGreaterThan(last);
                last = WireClient.number(message, "tock");
                newest.put(message.get("path"), message);
                done = !message.containsKey("value");
            }
        }
        assertThat(items).isLessThan(200);
        assertThat(newest).hasSize(100);
        assertThat(newest.get(path(99))).containsEntry("value", 29L);
        assertThat(newest.get(path(50))).doesNotContainKey("value");
        wire.call("set_value", "path", path("t", 1), "value", "x");
        wire.call("set_value", "path", path("t", 1), "value", "y");
        assertThat(slow.read()).as("it follows again").containsEntry("value", "x");
        assertThat(slow.read()).containsEntry("value", "y");
    }
}
