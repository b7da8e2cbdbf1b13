package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StandbyTest {
    private static final List<Object> CLAIM = path("claim");
    private static final List<Object> STANDBY = path("claim", ".standby");

    private ServerFixture fixture;
    private WireClient wire;
    private Object old;
    private Object standby;

    @BeforeEach
    void begin() throws IOException {
        fixture = new ServerFixture();
        wire = fixture.wire();
        old = tick("set_value", "path", CLAIM, "value", "old");
        standby = tick("set_value", "path", STANDBY, "value", "new");
    }

    @AfterEach
    void end() throws IOException {
        fixture.close();
    }

    @Test
    void whatAClaimOnStandbyGuardsIsNotWrittenYet() throws IOException {
        for (Map<String, Object> write : writes(guard(STANDBY, standby))) {
            assertThat(wire.call(String.valueOf(write.remove("action")), pairs(write)))
                    .containsEntry("etype", "not_yet")
                    .containsEntry("path", STANDBY)
                    .containsEntry("tick", standby);
        }
        assertThat(wire.call("get_value", "path", path("a"))).doesNotContainKey("value");
    }

    @Test
    void afterTheSwapTheNewClaimGuardsAndTheOthersDoNot() throws IOException {
        wire.call("session", "ttl", 60);
        Map<String, Object> swap = wire.call("commit", "writes", swap());
        assertThat(swap).containsKey("ticks");
        Object fence = ((List<?>) WireClient.get(swap, "ticks")).get(1);
        assertThat(wire.call("set_value", "path", path("a"), "value", 1, "guard", guard(CLAIM, fence)))
                .containsEntry("changed", true);
        for (Map<String, Object> write : writes(guard(STANDBY, standby))) {
            assertThat(wire.call(String.valueOf(write.remove("action")), pairs(write)))
                    .containsEntry("etype", "guard")
                    .containsEntry("path", STANDBY)
                    .containsEntry("tick", null);
        }
        for (Map<String, Object> write : writes(guard(CLAIM, old))) {
            assertThat(wire.call(String.valueOf(write.remove("action")), pairs(write)))
                    .containsEntry("etype", "guard")
                    .containsEntry("path", CLAIM)
                    .containsEntry("tick", fence);
        }
        assertThat(wire.call("get_value", "path", path("a"))).containsEntry("value", 1L);
    }

    @Test
    void theSwapFailsAsAWholeIfTheClaimIsAnotherByNow() throws IOException {
        wire.call("session", "ttl", 60);
        List<Object> swap = swap();
        tick("set_value", "path", CLAIM, "value", "third");
        assertThat(wire.call("commit", "writes", swap))
                .containsEntry("etype", "chain")
                .containsEntry("path", CLAIM);
        assertThat(wire.call("get_value", "path", STANDBY)).containsEntry("value", "new");
        assertThat(wire.call("get_value", "path", CLAIM)).containsEntry("value", "third");
    }

    private List<Object> swap() {
        return List.of(
                map("path", STANDBY, "chain", ServerFixture.chain(standby)),
                map("path", CLAIM, "value", "new", "chain", ServerFixture.chain(old), "session", true));
    }

    private static List<Object> guard(List<Object> path, Object tick) {
        return List.of(List.of(path, tick));
    }

    /** One of each kind that may have a guard. */
    private static List<Map<String, Object>> writes(List<Object> guard) {
        return List.of(
                map("action", "set_value", "path", path("a"), "value", 2, "guard", guard),
                map("action", "set_value", "path", path("a"), "value", 1, "idem", true, "guard", guard),
                map("action", "delete_value", "path", path("a"), "guard", guard),
                map("action", "commit", "writes", List.of(map("path", path("a"), "value", 3)), "guard", guard),
                map("action", "delete_tree", "path", path("a"), "guard", guard));
    }

    private static @Nullable Object[] pairs(Map<String, Object> map) {
        return map.entrySet().stream()
                .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                .toArray();
    }

    private Object tick(String action, @Nullable Object... pairs) throws IOException {
        return WireClient.get(wire.call(action, pairs), "tock");
    }
}
