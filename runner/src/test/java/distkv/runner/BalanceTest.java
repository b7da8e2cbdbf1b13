package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who runs the jobs for any node: real runners that come, go, and are drained. */
class BalanceTest {
    private static final Path GROUP = Path.of(".distkv", "group", "default");
    private static final Path MARKER = Path.of("marker");
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        world.code("long", "await _self.setup_done()\nasync for msg in _info:\n    pass");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void jobs(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            world.set(World.entry(Kind.ANY, "", "j" + i), World.job("long"));
        }
    }

    /** How many of the jobs each node runs. */
    private Map<String, Integer> loads() {
        Map<String, Integer> loads = new TreeMap<>();
        world.below(World.STATE).keySet().forEach(state -> {
            if (world.state(state, "node") instanceof String node) {
                loads.merge(node, 1, Integer::sum);
            }
        });
        return loads;
    }

    private void awaitLoads(Map<String, Integer> expected) throws Exception {
        world.await("loads of " + expected, () -> loads().equals(expected));
    }

    private RunnerOptions options(String node) {
        return world.options(node, Kind.ANY).capacity(1);
    }

    @Test
    void jobsAreSharedEvenlyAtTheStartAndWhenARunnerJoins() throws Exception {
        world.runner(options("one"));
        world.runner(options("two"));
        jobs(24);
        awaitLoads(Map.of("one", 12, "two", 12));
        world.runner(options("three"));
        awaitLoads(Map.of("one", 8, "two", 8, "three", 8));
    }

    @Test
    void whatDoesSomethingOnceStaysWhereItIsWhenOtherJobsAreDeleted() throws Exception {
        // Each run writes an entry of its own before it waits.
        world.code("once", """
                await _client.set(_P('marker') + _P(name) + _P('run') + _Path(_self.fence), value=1)
                await _self.watch(_P('go'))
                async for msg in _info:
                    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, 'value'):
                        return 'done'
                """);
        world.runner(options("one"));
        world.runner(options("two"));
        for (int i = 0; i < 6; i++) {
            world.set(World.entry(Kind.ANY, "", "j" + i), World.job("once", "data", Map.of("name", "j" + i)));
        }
        awaitLoads(Map.of("one", 3, "two", 3));
        world.await("six runs", () -> world.below(MARKER).size() == 6);
        world.set(World.entry(Kind.ANY, "", "service"), World.job("long"));
        Path service = World.state(Kind.ANY, "", "service");
        world.await("a service that is set up", () -> world.number(service, "pinged") > 0);
        Object full = world.state(service, "node");
        Object other = "one".equals(full) ? "two" : "one";
        List<String> left = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            if (other.equals(world.state(World.state(Kind.ANY, "", "j" + i), "node"))) {
                world.client.delete(World.entry(Kind.ANY, "", "j" + i));
            } else {
                left.add("j" + i);
            }
        }
        // Two of the four that are left there are too many, but only the service may be begun again.
        world.await("a service that is moved", () -> other.equals(world.state(service, "node")));
        world.set(Path.of("go"), true);
        for (String job : left) {
            assertThat(world.result(World.state(Kind.ANY, "", job))).isEqualTo("done");
            assertThat(world.below(MARKER.child(job))).hasSize(1);
        }
        assertThat(left).hasSize(3);
    }

    @Test
    void aNodeThatBearsMoreRunsMore() throws Exception {
        world.runner(options("one"));
        world.runner(options("two").capacity(3));
        jobs(16);
        awaitLoads(Map.of("one", 4, "two", 12));
    }

    @Test
    void aDrainedNodeGivesItsJobsAwayAndTakesNoneUntilItIsUndrained() throws Exception {
        world.runner(options("one"));
        world.runner(options("two"));
        jobs(8);
        awaitLoads(Map.of("one", 4, "two", 4));
        world.set(GROUP, Map.of("drain", List.of("one")));
        awaitLoads(Map.of("two", 8));
        world.set(GROUP, Map.of("drain", List.of("one", "two")));
        Path state = World.state(Kind.ANY, "", "j0");
        world.await("the reason", () -> "every node is drained".equals(world.state(state, "reason")));
        awaitLoads(Map.of());
        world.client.delete(GROUP);
        awaitLoads(Map.of("one", 4, "two", 4));
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    @Test
    void aJobThatAsksForALabelRunsWhereItIsAndSaysSoWhenNobodyHasIt() throws Exception {
        world.runner(options("one"));
        Path state = World.state(Kind.ANY, "", "job");
        Map<String, Object> where = Map.of("has", List.of("gpio", "attic"));
        world.set(World.entry(Kind.ANY, "", "job"), World.job("long", "where", where));
        world.await("the reason", () -> "no node has attic and gpio".equals(world.state(state, "reason")));
        try (Runner two = runner(options("two").labels(Set.of("attic", "gpio")))) {
            world.await("a run", () -> "two".equals(world.state(state, "node")));
            assertThat(two.groupState().count()).isEqualTo(2);
        }
        world.await("the reason", () -> "no node has attic and gpio".equals(world.state(state, "reason")));
    }

    private Runner runner(RunnerOptions options) throws InterruptedException {
        return world.runner(options);
    }

    @Test
    void aJobOfOneNodeThatAsksForALabelSaysThatTheNodeLacksIt() throws Exception {
        world.runner(world.options("one", Kind.AT).labels(Set.of("gpio")));
        Path state = World.state(Kind.AT, "one", "job");
        world.set(
                World.entry(Kind.AT, "one", "job"),
                World.job("long", "where", Map.of("has", List.of("attic", "gpio"))));
        world.await("the reason", () -> "this node lacks attic".equals(world.state(state, "reason")));
        world.set(World.entry(Kind.AT, "one", "job"), World.job("long", "where", Map.of("has", List.of("gpio"))));
        world.running(state);
    }
}
