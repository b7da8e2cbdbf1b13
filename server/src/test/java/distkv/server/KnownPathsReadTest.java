package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A path that has no entries now is an error only if nobody has ever heard of it, as with the original. */
class KnownPathsReadTest extends WireTest {
    private void assertUnknown(Object... elements) throws IOException {
        String error = "KeyError(P('" + Path.of(elements) + "'))";
        assertThat(wire.refused("get_tree", "path", path(elements)))
                .containsEntry("error", error)
                .containsEntry("etype", "notfound");
        assertThat(wire.call("enum", "path", path(elements)))
                .containsEntry("error", error)
                .containsEntry("etype", "notfound");
    }

    private void assertEmpty(Object... elements) throws IOException {
        List<Map<String, Object>> stream = wire.readStream(wire.ask("get_tree", "path", path(elements)));
        assertThat(stream).extracting(message -> message.get("state")).containsExactly("start", "end");
        assertThat(wire.call("enum", "path", path(elements))).containsEntry("result", List.of());
        assertThat(wire.call("enum", "path", path(elements), "with_data", true)).containsEntry("result", Map.of());
    }

    @Test
    void onlyOneThatNobodyHasHeardOfIsAnError() throws IOException {
        assertUnknown("a", "b", "c");
        wire.call("set_value", "path", path("a", "b", "c"), "value", 1);
        wire.call("delete_value", "path", path("a", "b", "c"));
        assertEmpty("a", "b", "c");
        assertEmpty("a", "b");
        assertEmpty("a");
        assertUnknown("a", "b", "c", "d");
        assertUnknown("b");
    }

    @Test
    void readingAPathMakesItNoMoreKnown() throws IOException {
        wire.call("get_value", "path", path("x"));
        assertUnknown("x");
        assertUnknown("x");
    }

    @Test
    void oneThatSomebodyHasWatchedIsEmpty() throws IOException {
        WireClient watcher = fixture.wire();
        watcher.ask("watch", "path", path("w", 1));
        assertThat(watcher.read()).containsEntry("state", "start");
        watcher.ask("watch", "path", path("o"), "only", List.of(path("a", "b"), path("c")));
        assertThat(watcher.read()).containsEntry("state", "start");
        watcher.close();
        assertEmpty("w", 1);
        assertEmpty("w");
        assertEmpty("o", "a", "b");
        assertEmpty("o", "c");
        assertUnknown("w", 2);
        assertUnknown("o", "b");
    }

    @Test
    void soIsAWholeTreeThatWasDeletedAndWhatAClientHasMadeItsRoot() throws IOException {
        wire.call("set_value", "path", path("t", "a", "b"), "value", 1);
        wire.call("delete_tree", "path", path("t"));
        assertEmpty("t", "a", "b");
        assertEmpty("t");
        wire.call("delete_tree", "path", path("never"));
        assertEmpty("never");
        WireClient rooted = fixture.wire();
        rooted.call("root", "path", path("r"));
        assertEmpty("r");
    }

    @Test
    void thoseOfTheConfigurationAreAlwaysKnown() throws IOException {
        assertUnknown(".distkv", "error");
        fixture.server.makeKnown(Path.of(".distkv", "error"), 0);
        fixture.server.makeKnown(Path.of(".distkv", "run"), 3);
        assertEmpty(".distkv", "error");
        assertEmpty(".distkv", "run");
        assertEmpty(".distkv");
        assertUnknown(".distkv", "code");
        assertUnknown(".distkv", "error", "node");
        assertEmpty(".distkv", "run", "any", "default");
        assertEmpty(".distkv", "run", "at", "node", "default");
        assertUnknown(".distkv", "run", "any", "default", "some", "job");
    }
}
