package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is killed, paused and started again, in any order: once all is healthy every job is run within one time to
 * live and a second, nobody writes whose claim is gone, and no job is slowed that has not failed.
 */
@Execution(ExecutionMode.CONCURRENT)
class LivenessDrillTest {
    private static final int SOME = 30;
    private static final int MANY = 300;
    /** What a machine may take longer that has other things to do. The fault that this looks for took for ever. */
    private static final Duration SLACK = Duration.ofSeconds(8);

    @TempDir
    private Path directory;

    /** What happens in a round. Those that start virtual machines, which costs, come less often. */
    private enum Blow {
        PAUSE(3),
        PAUSE_WITH_WORKERS(3),
        WORKERS(2),
        PARENT(3),
        RUNNER(2),
        RUNNER_WITH_WORKERS(1),
        STOP(1),
        SERVER(2),
        SERVER_AND_RUNNER(2),
        ALL(1);

        private final int weight;

        Blow(int weight) {
            this.weight = weight;
        }
    }

    /** In two houses side by side. */
    @ParameterizedTest(name = "house {0}")
    @ValueSource(ints = {1, 2})
    void everyJobRunsAgainWhateverWasKilledPausedOrRestarted(int house) throws Exception {
        drill(SOME / 2);
    }

    @Test
    @Tag("long")
    void everyJobRunsAgainInManyRounds() throws Exception {
        drill(MANY);
    }

    private void drill(int rounds) throws Exception {
        long seed = Long.getLong("drill.seed", System.nanoTime());
        Random random = new Random(seed);
        long longest = 0;
        try (Drill drill = new Drill(directory)) {
            awaitAll(drill, "seed " + seed + ", at the start");
            for (int i = 0; i < rounds; i++) {
                Blow blow = blow(random);
                String node = Drill.NODES.get(random.nextInt(Drill.NODES.size()));
                String round = "seed " + seed + ", round " + i + ": " + blow + " " + node;
                strike(drill, blow, node, random);
                drill.awaitReady();
                longest = Math.max(longest, awaitAll(drill, round));
                assertThat(drill.stale()).as(round).isEmpty();
                List<String> slowed = drill.slowed();
                if (blow != Blow.WORKERS) {
                    assertThat(slowed).as(round).isEmpty();
                }
            }
        }
        System.err.println(
                "liveness drill: seed " + seed + ", " + rounds + " rounds, the longest wait " + longest + " ms");
    }

    private static Blow blow(Random random) {
        int dice = random.nextInt(
                Arrays.stream(Blow.values()).mapToInt(blow -> blow.weight).sum());
        for (Blow blow : Blow.values()) {
            dice -= blow.weight;
            if (dice < 0) {
                return blow;
            }
        }
        throw new AssertionError("unreachable");
    }

    /** Waits until every job goes on; returns how long that took, in milliseconds. */
    private static long awaitAll(Drill drill, String round) {
        Map<String, Integer> counts = drill.counts();
        long begun = System.nanoTime();
        try {
            Awaitility.await()
                    .atMost(Drill.TTL.plusSeconds(1).plus(SLACK))
                    .pollDelay(Duration.ofMillis(200))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> drill.idle(counts).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(round + ": " + String.join("\n", drill.idle(counts)), e);
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static void strike(Drill drill, Blow blow, String node, Random random) throws Exception {
        RunnerProcess runner = drill.runner(node);
        List<ProcessHandle> family = runner.family();
        switch (blow) {
            case PAUSE -> {
                runner.pause();
                pass(random, 2 * Drill.TTL.toMillis());
                runner.resume();
            }
            case PAUSE_WITH_WORKERS -> {
                RunnerProcess.signal("STOP", family);
                pass(random, 2 * Drill.TTL.toMillis());
                RunnerProcess.signal("CONT", family.reversed());
            }
            case WORKERS -> family.stream().skip(2).forEach(ProcessHandle::destroyForcibly);
            case PARENT -> family.get(1).destroyForcibly();
            case RUNNER -> {
                runner.killAndWait();
                pass(random, 500);
                drill.startRunner(node);
            }
            case RUNNER_WITH_WORKERS -> {
                RunnerProcess.signal("KILL", family);
                runner.killAndWait();
                drill.startRunner(node);
            }
            case STOP -> {
                runner.close();
                drill.startRunner(node);
            }
            case SERVER -> {
                drill.server.killAndWait();
                pass(random, Drill.TTL.toMillis());
                drill.startServer();
            }
            case SERVER_AND_RUNNER -> {
                drill.server.killAndWait();
                runner.killAndWait();
                drill.startServer();
                drill.startRunner(node);
            }
            case ALL -> {
                drill.server.killAndWait();
                for (String each : Drill.NODES) {
                    drill.runner(each).killAndWait();
                }
                drill.startServer();
                for (String each : Drill.NODES) {
                    drill.startRunner(each);
                }
            }
        }
    }

    /** The time for which something is away is the subject here: there is nothing to wait for. */
    private static void pass(Random random, long most) throws InterruptedException {
        Thread.sleep(random.nextLong(most + 1));
    }
}
