package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs of the three kinds, from the wish to the result, with real workers. */
class JobsTest {
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("vm", Kind.ANY, Kind.AT, Kind.ALL);
        world.runner("other", Kind.ANY, Kind.AT, Kind.ALL);
        world.code(
                "hello", "_log.warning('HELLO %s from %s', who, _client.client_name)\nreturn dict(answer=42, who=who)");
        world.code("once", "await _client.set(_P('made') + _P(name), value=name)\nreturn name");
        world.code("wait", """
                await _self.setup_done()
                await _self.watch(_P('nothing'))
                async for msg in _info:
                    pass
                """);
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    @Test
    void theGroupIsDefaultIfNoneIsNamed() throws Exception {
        Path entry = Path.of(".distkv", "run", "any", "default", "group", "job");
        world.set(entry, World.job("hello", "data", Map.of("who", "any")));
        assertThat(world.result(Path.of(".distkv", "state", "any", "default", "group", "job")))
                .isEqualTo(Map.of("answer", 42L, "who", "any"));
    }

    @Test
    void aJobOfAnotherGroupIsNotRun() throws Exception {
        Path other = Path.of(".distkv", "run", "any", "elsewhere", "job");
        world.set(other, World.job("hello", "data", Map.of("who", "elsewhere")));
        world.set(World.entry(Kind.ANY, "vm", "after"), World.job("hello", "data", Map.of("who", "here")));
        world.result(World.state(Kind.ANY, "vm", "after"));
        assertThat(world.below(Path.of(".distkv", "state", "any", "elsewhere"))).isEmpty();
    }

    @Test
    void stateIsKeptApartFromTheJob() throws Exception {
        Path entry = World.entry(Kind.ANY, "vm", "apart");
        Map<String, ?> job = World.job("hello", "data", Map.of("who", "me"));
        world.set(entry, job);
        Path state = World.state(Kind.ANY, "vm", "apart");
        world.result(state);
        assertThat(world.value(entry)).isEqualTo(job);
        assertThat((Map<?, ?>) world.value(state))
                .satisfies(map -> assertThat(map.keySet())
                        .isEqualTo(Set.of(
                                "started",
                                "stopped",
                                "pinged",
                                "computed",
                                "reason",
                                "result",
                                "node",
                                "backoff",
                                "runs")));
        assertThat(world.state(state, "reason")).isEqualTo("no target");
        assertThat(world.number(state, "stopped")).isGreaterThanOrEqualTo(world.number(state, "started"));
    }

    @Test
    void aSingleNodeJobRunsOnItsNodeOnly() throws Exception {
        world.set(World.entry(Kind.AT, "other", "single"), World.job("once", "data", Map.of("name", "single")));
        Path state = World.state(Kind.AT, "other", "single");
        assertThat(world.result(state)).isEqualTo("single");
        assertThat(world.below(Path.of(".distkv", "state", "at", "vm", "default", "single")))
                .isEmpty();
    }

    @Test
    void anAllNodeJobRunsOnEveryNodeAndHasAStateForEach() throws Exception {
        world.set(World.entry(Kind.ALL, "", "each"), World.job("hello", "data", Map.of("who", "all")));
        for (String node : List.of("vm", "other")) {
            assertThat(world.result(World.state(Kind.ALL, node, "each")))
                    .isEqualTo(Map.of("answer", 42L, "who", "all"));
        }
    }

    @Test
    void whileItRunsTheStateNamesTheNode() throws Exception {
        Path entry = World.entry(Kind.AT, "vm", "long");
        Path state = World.state(Kind.AT, "vm", "long");
        world.set(entry, World.job("wait"));
        world.await("pinged by setup_done", () -> world.number(state, "pinged") > 0);
        assertThat(world.state(state, "node")).isEqualTo("vm");
        assertThat(world.state(state, "reason")).isEqualTo("");
        world.client.delete(entry);
        world.await("no state", () -> world.value(state) == null);
    }

    @Test
    void aRepeatedJobRunsAgain() throws Exception {
        world.code(
                "count",
                "n = (await _client.get(_P('counter'))).get('value', 0)\n"
                        + "await _client.set(_P('counter'), value=n + 1)\nreturn n");
        Path entry = World.entry(Kind.ANY, "vm", "repeated");
        world.set(entry, World.job("count", "repeat", 0.05));
        world.await(Path.of("counter"), value -> value instanceof Long number && number >= 5);
        assertThat(world.state(World.state(Kind.ANY, "vm", "repeated"), "backoff"))
                .isEqualTo(0L);
        world.client.delete(entry);
    }

    @Test
    void aJobWaitsForItsTarget() throws Exception {
        Path entry = World.entry(Kind.ANY, "vm", "later");
        Path state = World.state(Kind.ANY, "vm", "later");
        double target = Loop.now() + 0.4;
        Map<String, Object> job = World.job("hello", "data", Map.of("who", "later"), "target", target);
        world.set(entry, job);
        world.await("the reason", () -> "target > started".equals(world.state(state, "reason")));
        assertThat(world.state(state, "computed")).isEqualTo(target);
        world.result(state);
        assertThat(world.number(state, "started")).isGreaterThanOrEqualTo(target);
    }

    @Test
    void aJobWithoutTargetSaysSo() throws Exception {
        world.set(World.entry(Kind.AT, "vm", "never"), Map.of("code", Path.of("hello")));
        Path state = World.state(Kind.AT, "vm", "never");
        world.await("the reason", () -> "no target".equals(world.state(state, "reason")));
        assertThat(world.state(state, "started")).isEqualTo(0L);
    }

    @Test
    void whatAJobLogsIsHeardUnderItsName() throws Exception {
        world.set(World.entry(Kind.AT, "vm", "a.question"), World.job("hello", "data", Map.of("who", "logger")));
        JobLog.Line line = world.logged("HELLO logger");
        assertThat(line.name()).isEqualTo("a.question");
        assertThat(line.level()).isEqualTo("WARNING");
    }

    @Test
    void synchronousCodeAndCodeInAThreadRunToo() throws Exception {
        world.code(
                "sync",
                "import threading\nreturn threading.current_thread() is threading.main_thread()",
                null,
                Map.of());
        world.code(
                "thread",
                "import threading\nreturn threading.current_thread() is threading.main_thread()",
                false,
                Map.of());
        world.set(World.entry(Kind.ANY, "vm", "sync"), World.job("sync"));
        world.set(World.entry(Kind.ANY, "vm", "thread"), World.job("thread"));
        assertThat(world.result(World.state(Kind.ANY, "vm", "sync"))).isEqualTo(true);
        assertThat(world.result(World.state(Kind.ANY, "vm", "thread"))).isEqualTo(false);
    }

    @Test
    void theDefaultsOfTheProcedureAreGlobalsThatTheJobsDataOverride() throws Exception {
        world.code("defaults", "return [a, b]", true, Map.of("default", Map.of("a", 1L, "b", 2L)));
        world.set(World.entry(Kind.ANY, "vm", "defaults"), World.job("defaults", "data", Map.of("b", 3L)));
        assertThat(world.result(World.state(Kind.ANY, "vm", "defaults"))).isEqualTo(List.of(1L, 3L));
    }

    @Test
    void claimsAreGoneWhenTheirJobsAreDone() throws Exception {
        for (int i = 0; i < 10; i++) {
            world.set(World.entry(Kind.ANY, "vm", "many.j" + i), World.job("hello", "data", Map.of("who", "me")));
        }
        for (int i = 0; i < 10; i++) {
            world.result(World.state(Kind.ANY, "vm", "many.j" + i));
        }
        Path claims = Path.of(".distkv", "claim", "any", "default", "many");
        world.await("no claims", () -> world.below(claims).isEmpty());
    }
}
