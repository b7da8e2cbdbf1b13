package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Nil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would have been answered by a stream is refused by one: the original's client waits for its start for ever. */
class RefusedStreamsTest extends WireTest {
    private static final List<Object> INTERNAL = Arrays.asList(Nil.NIL, "x");

    /** Each a request that cannot be answered, and what its error begins with. */
    static List<List<Object>> refused() {
        return List.of(
                refused("path: text", "action", "watch", "path", "a.b"),
                refused("path: missing", "action", "watch"),
                refused("path :n.x: in the internal tree", "action", "watch", "path", INTERNAL),
                refused(
                        "path :n.x: in the internal tree",
                        "action",
                        "watch",
                        "path",
                        path(),
                        "only",
                        List.of(path("a"), INTERNAL)),
                refused("max_depth: 'x'", "action", "watch", "path", path(), "max_depth", "x"),
                refused("min_depth: -1", "action", "watch", "path", path(), "min_depth", -1),
                refused("nchain: 'x'", "action", "watch", "path", path(), "nchain", "x"),
                refused("fetch: 'x'", "action", "watch", "path", path(), "fetch", "x"),
                refused("since: given together", "action", "watch", "path", path(), "since", 1, "fetch", true),
                refused("only: 0 paths", "action", "watch", "path", path(), "only", List.of()),
                refused("path: an integer", "action", "get_tree", "path", 5),
                refused("path :n: in the internal tree", "action", "get_tree", "path", List.of(Nil.NIL)),
                refused("max_depth: -2", "action", "get_tree", "path", path(), "max_depth", -2),
                refused("KeyError(P('none'))", "action", "get_tree", "path", path("none")),
                refused("path: text", "action", "get_tree_internal", "path", "a"),
                refused("KeyError(P('none'))", "action", "get_tree_internal", "path", path("none")),
                refused("topic: missing", "action", "msg_monitor"),
                refused("topic: '#' before", "action", "msg_monitor", "topic", path("#", "a")),
                refused("ClientError(\"You can't", "action", "delete_tree", "path", path(), "nchain", 1),
                refused("path :n.x: in the", "action", "delete_tree", "path", INTERNAL, "nchain", true),
                refused("path: missing", "action", "delete_tree", "nchain", 2),
                refused("nchain: 'x'", "action", "delete_tree", "path", path("a"), "nchain", "x"),
                refused(
                        "guard at a: nothing",
                        "action",
                        "delete_tree",
                        "path",
                        path("b"),
                        "nchain",
                        1,
                        "guard",
                        List.of(List.of(path("a"), 5))),
                refused("password: ", "action", "auth", "typ", "password", "ident", "joe"),
                refused("auth_list: users are managed", "action", "auth_list", "typ", "password"),
                refused("auth_set: users are managed", "action", "auth_set", "typ", "_test", "state", "start"),
                refused("update: this server", "action", "update", "path", path("a"), "state", "start"),
                refused("action: 'surprise'", "action", "surprise", "state", "start"),
                refused("auth_get: users are managed", "action", "auth_get", "state", 5));
    }

    private static List<Object> refused(String error, @Nullable Object... request) {
        return List.of(error, map(request));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusalIsAStreamOfItsStartTheErrorAndItsEnd(List<Object> row) throws IOException {
        check(row, false);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void withFlowControlItIsCountedAsOne(List<Object> row) throws IOException {
        wire.send(map("seq", 0, "qlen", 4));
        check(row, true);
    }

    @SuppressWarnings("unchecked")
    private void check(List<Object> row, boolean counted) throws IOException {
        Map<String, Object> request = (Map<String, Object>) row.getLast();
        wire.send(map("seq", 1, "action", "get_tock"));
        wire.read();
        request.put("seq", 2);
        wire.send(request);
        List<Map<String, Object>> stream = new ArrayList<>();
        stream.add(wire.read());
        assertThat(stream.get(0)).containsEntry("seq", 2L).containsEntry("state", "start");
        // A guard is looked at when the stream has begun.
        assertThat(stream.get(0).get("refused")).isEqualTo(request.containsKey("guard") ? null : (Object) true);
        stream.addAll(wire.readStream(2));
        assertThat(stream).hasSize(3);
        assertThat(stream.get(1)).containsKeys("etype", "error", "tock");
        assertThat((String) stream.get(1).get("error")).startsWith((String) row.getFirst());
        boolean deletion = "delete_tree".equals(request.get("action"));
        for (int i = 0; i < 3; i++) {
            Object wseq = stream.get(i).get("wseq");
            assertThat(wseq).isIn(counted ? (Long) (i + 1L) : null, deletion ? null : wseq);
        }
        // It holds nothing: the same number and the connection can go on.
        assertThat(wire.call("stop", "task", 2)).containsEntry("result", false);
        wire.send(map("seq", 2, "action", "watch", "path", path("a")));
        assertThat(wire.read()).containsEntry("seq", 2L).containsEntry("state", "start");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"get_value", "enum", "set_value", "delete_tree", "auth_get", "auth_set", "update", "surprise"})
    void whatIsAnsweredOnceIsRefusedOnce(String action) throws IOException {
        assertThat(wire.call(action, "path", 5)).containsKey("error").doesNotContainKeys("state", "wseq");
        assertThat(wire.call("get_value", "path", path("a"))).doesNotContainKey("error");
    }

    @Test
    void theErrorOfAMissingNumberStandsAlone() throws IOException {
        wire.send(map("action", "watch", "path", path()));
        assertThat(wire.read()).doesNotContainKeys("state", "seq").containsKey("error");
    }
}
