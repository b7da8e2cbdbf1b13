package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.runner.job.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which processes run what, and what happens when they die. */
class WorkersTest {
    private static final String STAY = """
            import os
            await _client.set(_P('pids') + _P(name), value=[os.getpid(), os.getppid()])
            async for msg in _info:
                pass
            """;
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        world.code("stay", STAY);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void job(Kind kind, String name) throws Exception {
        world.set(
                World.entry(kind, "vm", name),
                World.job("stay", "data", Map.of("name", name), "delay", 0.05, "backoff", 1.0));
    }

    /** The ids of the job's process and of its parent. */
    private List<?> pids(String name) throws Exception {
        return (List<?>) Objects.requireNonNull(world.await(Path.of("pids", name), value -> value instanceof List<?>));
    }

    private static void kill(Object pid) {
        assertThat(ProcessHandle.of((Long) pid).orElseThrow().destroyForcibly()).isTrue();
    }

    @Test
    void asynchronousJobsShareAWorkerUpToTheLimit() throws Exception {
        world.runner(world.options("vm", Kind.AT).workers(8, 3));
        Set<Object> processes = new HashSet<>();
        for (int i = 0; i < 7; i++) {
            job(Kind.AT, "j" + i);
            processes.add(pids("j" + i).getFirst());
        }
        assertThat(processes).hasSize(3);
    }

    @Test
    void synchronousJobsAreAlone() throws Exception {
        world.runner(world.options("vm", Kind.AT));
        world.code("alone", "import os\nreturn os.getpid()", null, Map.of());
        Set<Object> processes = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            world.set(World.entry(Kind.AT, "vm", "j" + i), World.job("alone"));
        }
        for (int i = 0; i < 3; i++) {
            processes.add(world.result(World.state(Kind.AT, "vm", "j" + i)));
        }
        assertThat(processes).hasSize(3);
    }

    @Test
    void moreJobsThanThereAreProcessesForWaitTheirTurn() throws Exception {
        world.runner(world.options("vm", Kind.ANY).workers(2, 1));
        world.code("alone", "return 1", null, Map.of());
        for (int i = 0; i < 20; i++) {
            world.set(World.entry(Kind.ANY, "vm", "j" + i), World.job("alone"));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(world.result(World.state(Kind.ANY, "vm", "j" + i))).isEqualTo(1L);
        }
    }

    @Test
    void whenAWorkerIsKilledItsJobsFailAndStartAgainInAnother() throws Exception {
        world.runner("vm", Kind.AT);
        job(Kind.AT, "one");
        job(Kind.AT, "two");
        Object victim = pids("one").getFirst();
        assertThat(pids("two").getFirst()).isEqualTo(victim);
        kill(victim);
        for (String name : List.of("one", "two")) {
            assertThat(world.error("run", World.entry(Kind.AT, "vm", name), false)
                            .get("message"))
                    .isEqualTo("worker died: signal 9");
            world.await(
                    "another process",
                    () -> world.value(Path.of("pids", name)) instanceof List<?> pids
                            && !pids.getFirst().equals(victim));
        }
    }

    @Test
    void whenTheParentIsKilledItIsStartedAgainAndTheJobsToo() throws Exception {
        world.runner("vm", Kind.AT);
        job(Kind.AT, "one");
        Object parent = pids("one").getLast();
        kill(parent);
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "one"), false).get("message"))
                .isEqualTo("worker died: its parent died");
        world.logged("the parent of the workers ended with status 137");
        world.await(
                "another parent",
                () -> world.value(Path.of("pids", "one")) instanceof List<?> pids
                        && !pids.getLast().equals(parent));
    }

    @Test
    void whenTheRunnerStopsNoProcessIsLeft() throws Exception {
        Runner runner = world.runner("vm", Kind.AT);
        job(Kind.AT, "one");
        List<?> pids = pids("one");
        runner.close();
        for (Object pid : pids) {
            assertThat(ProcessHandle.of((Long) pid).filter(ProcessHandle::isAlive))
                    .isEmpty();
        }
    }
}
