package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What becomes of a running job when its entry or its code changes. */
class ChangesTest {
    private static final String WAIT = """
            await _client.set(_P('runs') + _P(name), value=mark)
            await _self.setup_done()
            try:
                async for msg in _info:
                    pass
            finally:
                _log.warning('ENDS %s', name)
            """;
    private static World world;
    private String name = "";
    private Path entry = Path.ROOT;
    private Path state = Path.ROOT;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("vm", Kind.ANY);
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    @BeforeEach
    void run(TestInfo info) throws Exception {
        name = info.getTestMethod().orElseThrow().getName();
        entry = World.entry(Kind.ANY, "vm", name);
        state = World.state(Kind.ANY, "vm", name);
        world.code(name, WAIT);
        world.set(entry, job(1));
        running(1);
    }

    private Map<String, @Nullable Object> job(long mark, @Nullable Object... more) {
        Map<String, @Nullable Object> job =
                World.job(name, "data", Map.of("name", name, "mark", mark), "target", 100.5);
        for (int i = 0; i < more.length; i += 2) {
            job.put(String.valueOf(more[i]), more[i + 1]);
        }
        return job;
    }

    /** Waits until the code runs with this mark. */
    private void running(long mark) throws Exception {
        world.await(Path.of("runs", name), value -> Long.valueOf(mark).equals(value));
        world.await("it runs", () -> world.state(state, "node") != null && world.number(state, "pinged") > 0);
    }

    private void ended() throws Exception {
        world.logged("ENDS " + name);
        world.await("it has ended", () -> world.state(state, "node") == null && world.number(state, "stopped") > 0);
    }

    @Test
    void aClearedTargetEndsTheJob() throws Exception {
        world.set(entry, job(1, "target", null));
        ended();
        assertThat(world.state(state, "reason")).isEqualTo("no target");
        assertThat(world.error("run", entry)).isNull();
    }

    @Test
    void aDeletedEntryEndsTheJobAndItsStateGoes() throws Exception {
        world.client.delete(entry);
        world.logged("ENDS " + name);
        world.await("no state", () -> world.value(state) == null);
    }

    @Test
    void changedDataRestartTheJob() throws Exception {
        world.set(entry, job(2));
        running(2);
        world.logged("ENDS " + name);
    }

    @Test
    void changedCodeRestartsTheJob() throws Exception {
        world.code(name, WAIT.replace("value=mark", "value=mark + 10"));
        running(11);
        world.logged("ENDS " + name);
    }

    @Test
    void aNewTargetRestartsTheJob() throws Exception {
        double started = world.number(state, "started");
        world.set(entry, job(1, "target", Loop.now()));
        world.await("another start", () -> world.number(state, "started") > started);
        world.logged("ENDS " + name);
    }

    @Test
    void aJobThatPointsToOtherCodeIsRestartedWithIt() throws Exception {
        world.code("other", "return 'other'");
        world.set(entry, job(1, "code", Path.of("other")));
        world.await("the result", () -> "other".equals(world.state(state, "result")));
        world.logged("ENDS " + name);
    }

    @Test
    void deletedCodeEndsTheJobAndIsNamedAsMissing() throws Exception {
        world.client.delete(World.PROC.child(name));
        ended();
        assertThat(world.state(state, "reason")).isEqualTo("no procedure " + name);
        assertThat(world.error("run", entry, false).get("message")).isEqualTo("There is no procedure " + name);
    }

    @Test
    void changesOfInfoRepeatDelayAndBackoffDoNotDisturbTheJob() throws Exception {
        double started = world.number(state, "started");
        world.set(entry, job(1, "info", "new", "repeat", 7, "delay", 9, "backoff", 1.5));
        world.code(name, WAIT, true, Map.of("info", "new"));
        // What is done about these changes is done before what is done about a later one.
        world.set(World.entry(Kind.ANY, "vm", name + "2"), World.job("other"));
        world.code("other", "return 'other'");
        world.result(World.state(Kind.ANY, "vm", name + "2"));
        assertThat(world.number(state, "started")).isEqualTo(started);
        assertThat(world.state(state, "node")).isEqualTo("vm");
        assertThat(world.log).noneMatch(line -> line.text().equals("ENDS " + name));
    }

    @Test
    void aClaimThatSomebodyDeletesEndsTheJobWhichStartsAgain() throws Exception {
        double started = world.number(state, "started");
        world.client.delete(Path.of(".distkv", "claim", "any", "default", name));
        world.logged("ENDS " + name);
        world.await("another start", () -> world.number(state, "started") > started);
    }
}
