package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TreeDeletionTest extends WireTest {
    @Test
    void deletingATreeCountsWhatWasThere() throws IOException {
        for (int i = 0; i < 700; i++) {
            wire.ask("set_value", "path", path("t", i / 100, i), "value", i, "nchain", 0);
        }
        for (int i = 0; i < 700; i++) {
            wire.read();
        }
        wire.call("set_value", "path", path("u"), "value", 1);
        assertThat(wire.call("delete_tree", "path", path("t", 3))).containsEntry("changed", 100L);
        assertThat(wire.call("delete_tree", "path", path("t"))).containsEntry("changed", 600L);
        assertThat(wire.call("delete_tree", "path", path("t"))).containsEntry("changed", 0L);
        assertThat(wire.call("get_value", "path", path("u"))).containsEntry("value", 1L);
        assertThat(wire.call("delete_tree", "path", path()))
                .containsEntry("error", "ClientError(\"You can't delete the root node\")");
    }

    @Test
    void deletingATreeCanTellWhatWasThere() throws IOException {
        for (int i = 0; i < 600; i++) {
            wire.ask("set_value", "path", path("t", i), "value", i, "nchain", 0);
        }
        long seq = wire.ask("delete_tree", "path", path("t"), "nchain", 1);
        wire.ask("set_value", "path", path("t", 3), "value", "new", "nchain", 0);
        List<Map<String, Object>> items = new ArrayList<>();
        Set<Object> ticks = new HashSet<>();
        for (Map<String, Object> message = wire.read(); !"end".equals(message.get("state")); message = wire.read()) {
            if (Long.valueOf(seq).equals(message.get("seq")) && !message.containsKey("state")) {
                assertThat(message)
                        .doesNotContainKey("wseq")
                        .containsKey("prev")
                        .containsEntry("node", "tree");
                ticks.add(message.get("tick"));
                items.add(message);
            }
        }
        assertThat(items).hasSize(600);
        assertThat(ticks).hasSize(600);
        assertThat(items.get(299)).containsEntry("old_value", 299L).containsEntry("path", path(299));
        assertThat(wire.call("get_value", "path", path("t", 3))).containsEntry("value", "new");
    }
}
