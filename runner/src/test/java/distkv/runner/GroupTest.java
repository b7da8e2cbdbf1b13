package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.group.GroupState;
import distkv.runner.group.GroupState.Level;
import distkv.schema.job.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several runners of one group, in one process, each with its own connection and workers. */
class GroupTest {
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = new World();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void level(Runner runner, Level level, int count, int wanted) throws Exception {
        GroupState expected = new GroupState(level, count, wanted);
        world.await(expected.toString(), () -> runner.groupState().equals(expected));
    }

    @Test
    void theFourGroupStatesAsRunnersComeAndGo() throws Exception {
        world.code("states", """
                await _self.setup_done()
                async for msg in _info:
                    if isinstance(msg, (_cls.CompleteState, _cls.PartialState, _cls.DetachedState, _cls.BrokenState)):
                        _log.warning('STATE %s', type(msg).__name__)
                """);
        Runner first = world.runner(world.options("one", Kind.ANY).nodes(3));
        level(first, Level.DETACHED, 1, 3);
        world.set(World.entry(Kind.ANY, "", "states"), World.job("states"));
        world.logged("STATE DetachedState");
        Runner second = world.runner(world.options("two", Kind.ANY).nodes(3));
        level(first, Level.PARTIAL, 2, 3);
        world.logged("STATE PartialState");
        Runner third = world.runner(world.options("three", Kind.AT).nodes(3));
        level(first, Level.COMPLETE, 3, 3);
        level(second, Level.COMPLETE, 3, 3);
        level(third, Level.COMPLETE, 3, 3);
        world.logged("STATE CompleteState");
        Path presence = Path.of(".distkv", "presence", "default", "one", "any");
        Entry mine = Objects.requireNonNull(world.below(presence).get(presence));
        world.client.delete(presence);
        world.logged("STATE BrokenState");
        world.set(presence, Values.decode(Objects.requireNonNull(mine.value())));
        level(first, Level.COMPLETE, 3, 3);
        third.close();
        level(first, Level.PARTIAL, 2, 3);
        second.close();
        level(first, Level.DETACHED, 1, 3);
    }

    @Test
    void theSizeOfTheGroupComesFromTheStoreUnlessTheRunnerWasTold() throws Exception {
        Runner told = world.runner(world.options("told", Kind.ANY).nodes(2));
        Runner asks = world.runner("asks", Kind.ANY, Kind.AT);
        level(told, Level.COMPLETE, 2, 2);
        level(asks, Level.COMPLETE, 2, 0);
        world.code("states", """
                async for msg in _info:
                    if isinstance(msg, (_cls.CompleteState, _cls.PartialState)):
                        _log.warning('STATE %s', type(msg).__name__)
                """);
        world.set(World.entry(Kind.AT, "asks", "states"), World.job("states"));
        world.logged("STATE CompleteState");
        world.set(Path.of(".distkv", "group", "default"), Map.of("nodes", 3L));
        level(asks, Level.PARTIAL, 2, 3);
        world.logged("STATE PartialState");
        level(told, Level.COMPLETE, 2, 2);
        world.set(Path.of(".distkv", "group", "default"), Map.of("nodes", 2L));
        level(asks, Level.COMPLETE, 2, 2);
        world.client.delete(Path.of(".distkv", "group", "default"));
        level(asks, Level.COMPLETE, 2, 0);
    }

    @Test
    void eachOfTwoHundredJobsIsExecutedExactlyOnceByThreeRunners() throws Exception {
        world.code(
                "mark",
                "n = (await _client.get(_P('marks') + _P(name))).get('value', 0)\n"
                        + "await _client.set(_P('marks') + _P(name), value=n + 1)\nreturn _client.client_name");
        for (String node : List.of("one", "two", "three")) {
            world.runner(node, Kind.ANY);
        }
        Map<Path, String> nodes = new HashMap<>();
        world.client.mirror(World.STATE).listen((before, now) -> {
            if (now.value() != null
                    && Values.decode(now.value()) instanceof Map<?, ?> map
                    && map.get("node") instanceof String node) {
                synchronized (nodes) {
                    nodes.merge(now.path(), node, (old, again) -> old + " and " + again);
                }
            }
        });
        for (int i = 0; i < 200; i++) {
            String name = "j" + i;
            world.set(World.entry(Kind.ANY, "", name), World.job("mark", "data", Map.of("name", name)));
        }
        for (int i = 0; i < 200; i++) {
            world.result(World.state(Kind.ANY, "", "j" + i));
            assertThat(world.value(Path.of("marks", "j" + i))).as("job %d", i).isEqualTo(1L);
        }
        synchronized (nodes) {
            assertThat(nodes).hasSize(200);
            assertThat(nodes.values()).allMatch(node -> !node.contains("and"));
            assertThat(new TreeSet<>(nodes.values())).isEqualTo(new TreeSet<>(List.of("one", "three", "two")));
        }
    }

    @Test
    void twoRunnersOfOneNameDoNotRunAJobTwice() throws Exception {
        world.code("mark", "_log.warning('MARK')\nasync for msg in _info:\n    pass");
        world.runner("twin", Kind.AT);
        world.runner("twin", Kind.AT);
        world.logged("another runner calls itself twin");
        world.set(World.entry(Kind.AT, "twin", "job"), World.job("mark"));
        world.logged("MARK");
        world.code("after", "return 1");
        world.set(World.entry(Kind.AT, "twin", "after"), World.job("after"));
        world.result(World.state(Kind.AT, "twin", "after"));
        assertThat(world.log.stream().filter(line -> line.text().equals("MARK")))
                .hasSize(1);
    }

    @Test
    void aRunnerThatStopsRecordsItsRunsAndAnotherTakesThemOver() throws Exception {
        world.code("long", "_log.warning('RUNS on %s', _client.client_name)\nasync for msg in _info:\n    pass");
        Runner first = world.runner("one", Kind.ANY);
        Path state = World.state(Kind.ANY, "", "job");
        world.set(World.entry(Kind.ANY, "", "job"), World.job("long"));
        world.logged("RUNS on one");
        world.runner("two", Kind.ANY);
        first.close();
        world.logged("RUNS on two");
        world.await("the state", () -> "two".equals(world.state(state, "node")));
        assertThat(world.number(state, "stopped")).isGreaterThan(0);
        assertThat(world.error("run", World.entry(Kind.ANY, "", "job"))).isNull();
    }

    @Test
    void aRunnerThatStopsLeavesNeitherPresenceNorClaims() throws Exception {
        world.code("long", "_log.warning('RUNS')\nasync for msg in _info:\n    pass");
        Runner runner = world.runner("one", Kind.ANY, Kind.AT, Kind.ALL);
        Path state = World.state(Kind.AT, "one", "job");
        world.set(World.entry(Kind.AT, "one", "job"), World.job("long"));
        world.logged("RUNS");
        runner.close();
        world.await(
                "nothing left",
                () -> world.below(Path.of(".distkv", "presence")).isEmpty()
                        && world.below(Path.of(".distkv", "claim")).isEmpty());
        assertThat(world.state(state, "node")).isNull();
        assertThat(world.state(state, "reason")).isEqualTo("runner stopped");
        world.runner("one", Kind.AT);
        world.running(state);
    }

    @Test
    void aJobWhoseRunnerWasKilledStartsElsewhereAtOnceAndTheErrorIsRecorded() throws Exception {
        world.code("long", "_log.warning('RUNS on %s', _client.client_name)\nasync for msg in _info:\n    pass");
        // What is left of a runner that was killed: the state says that it runs the job, and its claim has gone.
        Path state = World.state(Kind.ANY, "", "job");
        world.set(state, Map.of("started", Loop.now(), "stopped", 0L, "node", "gone", "backoff", 0L, "reason", ""));
        world.set(World.entry(Kind.ANY, "", "job"), World.job("long", "target", 100.5));
        world.runner("one", Kind.ANY);
        world.logged("RUNS on one");
        assertThat(world.state(state, "backoff")).isEqualTo(1L);
        Map<?, ?> error = world.error("run", World.entry(Kind.ANY, "", "job"), false);
        assertThat(error.get("message")).isEqualTo("Runner killed");
        assertThat(error.get("count")).isEqualTo(1L);
    }

    @Test
    void aJobThatTakesOneRunnerAfterTheOtherWithItBacksOff() throws Exception {
        world.code("long", "async for msg in _info:\n    pass");
        Path state = World.state(Kind.ANY, "", "job");
        double started = Loop.now();
        world.set(state, Map.of("started", started, "stopped", 0L, "node", "gone", "backoff", 1L, "reason", ""));
        world.set(World.entry(Kind.ANY, "", "job"), World.job("long", "target", 100.5));
        world.runner("one", Kind.ANY);
        assertThat(world.error("run", World.entry(Kind.ANY, "", "job"), false).get("message"))
                .isEqualTo("Runner killed");
        world.await("backoff", () -> world.number(state, "backoff") == 2);
        assertThat(world.state(state, "node")).isNull();
        assertThat(world.number(state, "computed")).isCloseTo(started + 121, within(0.1));
    }

    @Test
    void aRunnerThatWasRestartedRecordsAnErrorAndStartsItsJobsAtOnce() throws Exception {
        world.code("long", "async for msg in _info:\n    pass");
        Path state = World.state(Kind.AT, "one", "job");
        Path entry = World.entry(Kind.AT, "one", "job");
        double started = Loop.now() - 5;
        world.set(state, Map.of("started", started, "stopped", 0L, "node", "one", "backoff", 0L, "reason", ""));
        world.set(entry, World.job("long", "target", 100.5));
        world.runner("one", Kind.AT);
        assertThat(world.error("run", entry, false).get("message")).isEqualTo("Runner restarted");
        world.await("a new run", () -> world.number(state, "started") > started + 1);
        assertThat(world.state(state, "node")).isEqualTo("one");
        assertThat(world.state(state, "backoff")).isEqualTo(1L);
    }

    @Test
    void aJobThatTakesItsOwnRunnerWithItAgainAndAgainBacksOff() throws Exception {
        world.code("long", "async for msg in _info:\n    pass");
        Path state = World.state(Kind.AT, "one", "job");
        Path entry = World.entry(Kind.AT, "one", "job");
        double started = Loop.now();
        world.set(state, Map.of("started", started, "stopped", 0L, "node", "one", "backoff", 1L, "reason", ""));
        world.set(entry, World.job("long", "target", 100.5));
        world.runner("one", Kind.AT);
        assertThat(world.error("run", entry, false).get("message")).isEqualTo("Runner restarted");
        world.await("backoff", () -> world.number(state, "backoff") == 2);
        assertThat(world.state(state, "node")).isNull();
        assertThat(world.number(state, "computed")).isCloseTo(started + 121, within(0.1));
    }

    @Test
    void aClaimOfSomebodyElseIsRespected() throws Exception {
        world.code("mark", "return 1");
        Path claim = Path.of(".distkv", "claim", "any", "default", "job");
        world.set(claim, Map.of("node", "somebody"));
        world.runner("one", Kind.ANY);
        world.set(World.entry(Kind.ANY, "", "job"), World.job("mark"));
        world.set(World.entry(Kind.ANY, "", "after"), World.job("mark"));
        world.result(World.state(Kind.ANY, "", "after"));
        assertThat(world.value(World.state(Kind.ANY, "", "job"))).isNull();
        world.client.delete(claim);
        assertThat(world.result(World.state(Kind.ANY, "", "job"))).isEqualTo(1L);
    }

    @Test
    void whatAJobWritesIsFencedByItsClaim() throws Exception {
        world.code("write", """
                _log.warning('READY')
                while not (await _client.get(_P('go'))).get('value'):
                    await anyio.sleep(0.01)
                await _client.set(_P('written'), value=True)
                """.replace("_log.warning", "import anyio\n_log.warning"));
        world.runner("one", Kind.AT);
        world.set(World.entry(Kind.AT, "one", "job"), World.job("write"));
        world.logged("READY");
        Path claim = Path.of(".distkv", "claim", "at", "one", "default", "job");
        try (Client other = Client.connect(ClientOptions.of("127.0.0.1", world.server.port()))) {
            // One commit takes the claim away and lets the code go on: its next write must not happen.
            other.commit(new Commit(
                    List.of(
                            Write.set(claim, Values.encode("other"), Expectation.anything()),
                            Write.set(Path.of("go"), Values.encode(true), Expectation.anything())),
                    List.of()));
            Path state = World.state(Kind.AT, "one", "job");
            world.await("the end", () -> "claim lost".equals(world.state(state, "reason")));
            assertThat(world.value(Path.of("written"))).isNull();
        }
    }
}
