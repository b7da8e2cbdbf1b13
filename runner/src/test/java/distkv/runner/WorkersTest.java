package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
    void thereAreNoMoreWorkersThanThereMayBeHoweverManyJobsAreDueAtOnce() throws Exception {
        world.code(
                "alone", "import time\n_log.warning('BEGIN')\ntime.sleep(0.05)\n_log.warning('END')", null, Map.of());
        for (int i = 0; i < 8; i++) {
            world.set(World.entry(Kind.AT, "vm", "j" + i), World.job("alone"));
        }
        world.runner(world.options("vm", Kind.AT).workers(2, 3));
        for (int i = 0; i < 8; i++) {
            world.result(World.state(Kind.AT, "vm", "j" + i));
        }
        int running = 0;
        int most = 0;
        for (JobLog.Line line : world.log) {
            running += line.text().equals("BEGIN") ? 1 : line.text().equals("END") ? -1 : 0;
            most = Math.max(most, running);
        }
        assertThat(most).isBetween(1, 2);
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
    void aJobThatBlocksTheLoopIsNamedAndRunsAloneFromThenOnWhileItsNeighboursGoOnElsewhere() throws Exception {
        world.code("block", "import os, time\nawait _client.set(_P('pids.block'), value=[os.getpid()])\ntime.sleep(3)");
        world.runner("vm", Kind.AT);
        job(Kind.AT, "neighbour");
        Object victim = pids("neighbour").getFirst();
        world.set(World.entry(Kind.AT, "vm", "block"), World.job("block", "delay", 0.05, "backoff", 1.0));
        assertThat(pids("block").getFirst()).isEqualTo(victim);
        Map<?, ?> error = world.error("run", World.entry(Kind.AT, "vm", "block"), false);
        assertThat(error.get("message"))
                .isEqualTo("blocked the event loop for 2 s (expected: await, or is_async unset)");
        world.await(
                "the stack",
                () -> world.below(World.ERROR).values().stream()
                        .anyMatch(entry -> String.valueOf(Values.decode(Objects.requireNonNull(entry.value())))
                                .contains("time.sleep(3)")));
        world.await("the neighbour in another process", () -> !victim.equals(firstPid("neighbour")));
        world.await("the blocker in another process", () -> !victim.equals(firstPid("block")));
        assertThat(firstPid("block")).isNotEqualTo(firstPid("neighbour"));
        // Alone it harms nobody, and may block.
        world.result(World.state(Kind.AT, "vm", "block"));
        world.error("run", World.entry(Kind.AT, "vm", "block"), true);
    }

    @Test
    void aJobThatBlocksEvenOtherThreadsIsNamedAndItsNeighboursGoOnElsewhere() throws Exception {
        world.code("block", "await _client.set(_P('pids.block'), value=[1])\nsum(range(10**15))");
        world.runner("vm", Kind.AT);
        job(Kind.AT, "neighbour");
        Object victim = pids("neighbour").getFirst();
        world.set(World.entry(Kind.AT, "vm", "block"), World.job("block", "delay", 1000.0));
        pids("block");
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "block"), false)
                        .get("message"))
                .asString()
                .startsWith("blocked its process for more than 5 s");
        world.await("the neighbour in another process", () -> !victim.equals(firstPid("neighbour")));
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "neighbour"))).isNull();
    }

    private @Nullable Object firstPid(String name) {
        return world.value(Path.of("pids", name)) instanceof List<?> pids ? pids.getFirst() : null;
    }

    @Test
    void aRunThatExceedsALimitEndsWithAnErrorThatNamesIt() throws Exception {
        world.runner(world.options("vm", Kind.AT).limits(new Limits(null, 0.3, null, null, null, null)));
        world.code("greedy", "held = [bytearray(1 << 20) for _ in range(300)]\nwhile True: pass", null, Map.of());
        world.set(
                World.entry(Kind.AT, "vm", "own"), World.job("greedy", "limits", Map.of("memory", "128M", "cpu", 60L)));
        world.set(World.entry(Kind.AT, "vm", "node"), World.job("greedy"));
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "own"), false).get("message"))
                .isEqualTo("memory: more than 128M");
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "node"), false).get("message"))
                .isEqualTo("cpu: more than 0.3 s");
    }

    @Test
    void aFloodOnStandardErrorIsBoundedAndCountedAndHoldsUpNobody() throws Exception {
        world.code("flood", """
                import os
                for _ in range(1000):
                    os.write(2, b'flood\\n' * 10_000)
                os.write(2, b'x' * 1_000_000)
                return 1
                """, null, Map.of());
        world.code("say", "import sys\nprint('neighbour', file=sys.stderr)\nreturn 2");
        world.runner("vm", Kind.AT);
        world.set(World.entry(Kind.AT, "vm", "flood"), World.job("flood"));
        world.set(World.entry(Kind.AT, "vm", "say"), World.job("say"));
        assertThat(world.result(World.state(Kind.AT, "vm", "say"))).isEqualTo(2L);
        assertThat(world.result(World.state(Kind.AT, "vm", "flood"))).isEqualTo(1L);
        assertThat(world.logged("lines a second are printed").name()).isEqualTo("runner");
        assertThat(world.log).hasSizeLessThan(50_000);
    }

    @Test
    void aWorkerUserThatCannotBeIsAClearError() {
        RunnerOptions options = world.options("vm", Kind.AT);
        assertThatThrownBy(() -> world.runner(options.python(options.python().withWorkerUser("no-such-user"))))
                .hasMessageStartingWith("worker user no-such-user: ")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void withoutControlGroupsOneWarningSaysWhatToDo() throws Exception {
        PythonCommand python = World.python();
        Map<String, String> environment = new HashMap<>(python.environment());
        environment.put("DISTKV_CGROUPS", "off");
        world.runner(world.options("vm", Kind.AT).python(new PythonCommand(python.command(), environment)));
        assertThat(world.logged("limits are checked every 50 ms only").text()).contains("--worker-user USER");
    }

    @Test
    void whatJobsWithoutLimitsUseTogetherTakesControlGroups() {
        PythonCommand python = World.python();
        Map<String, String> environment = new HashMap<>(python.environment());
        environment.put("DISTKV_CGROUPS", "off");
        PythonCommand bounded = new PythonCommand(python.command(), environment).withMemory(1L << 30);
        assertThatThrownBy(() -> world.runner(world.options("vm", Kind.AT).python(bounded)))
                .isInstanceOf(RunnerException.class)
                .hasMessageStartingWith("memory of jobs without limits: ")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void aJobWithoutLimitsThatUsesAllMemoryIsToldSo() throws Exception {
        try {
            world.runner(world.options("vm", Kind.AT).python(World.python().withMemory(256L << 20)));
        } catch (RunnerException e) {
            assumeTrue(!e.toString().contains("there are no control groups"), e.toString());
            throw e;
        }
        world.code("bomb", "held = b'x' * (2 << 30)");
        world.set(World.entry(Kind.AT, "vm", "bomb"), World.job("bomb"));
        assertThat(world.error("run", World.entry(Kind.AT, "vm", "bomb"), false).get("message"))
                .isEqualTo("memory: more than runs without such a limit may use here (runner.memory)");
    }

    @Test
    void whatAJobHasStartedEndsWithItsWorkerHoweverItHides() throws Exception {
        world.code("hide", """
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        time.sleep(1000)
                    os._exit(0)
                os.wait()
                with open(f'/proc/self/task/{os.getpid()}/children') as file:
                    return int(file.read())
                """, null, Map.of());
        world.runner("vm", Kind.AT);
        world.set(World.entry(Kind.AT, "vm", "hide"), World.job("hide"));
        Object pid = Objects.requireNonNull(world.result(World.state(Kind.AT, "vm", "hide")));
        world.await("its end", () -> ProcessHandle.of((Long) pid).isEmpty());
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
