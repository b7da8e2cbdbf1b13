package distkv.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several runners, hours of virtual time, and everything that goes wrong: they are killed, cut off and stopped, jobs
 * fail, hang and change, messages are slow and overtake each other. A failure names its seed, and replays.
 */
class SimulationTest {
    private static final List<String> NODES = List.of("a", "b", "c");
    private static final int JOBS = 12;

    static LongStream someSeeds() {
        return LongStream.rangeClosed(1, 60);
    }

    static LongStream manySeeds() {
        return LongStream.rangeClosed(1_000, 4_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("someSeeds")
    void noJobEverRunsTwiceAtOnceAndEveryJobRunsInTheEnd(long seed) {
        history(seed);
    }

    @Tag("long")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("manySeeds")
    void noJobEverRunsTwiceAtOnceInManyHistories(long seed) {
        history(seed);
    }

    private static void history(long seed) {
        Sim sim = new Sim(seed);
        sim.put(Sim.CODES.child("demo"), Map.of("code", "return 42", "is_async", true));
        NODES.forEach(node -> sim.node(node).start());
        for (int i = 0; i < JOBS; i++) {
            store(sim, i);
        }
        for (int i = 0; i < 40; i++) {
            sim.run(sim.between(0.05, 8));
            disturb(sim);
        }
        NODES.forEach(node -> {
            SimNode one = sim.node(node);
            one.calm = true;
            if (one.isCutOff()) {
                one.reconnect();
            }
            if (!one.isUp()) {
                one.start();
            }
        });
        // The longest that anything may wait: a long run's cancellation, a lease, an error's delay.
        sim.run(60);
        double last = sim.now;
        for (int i = 0; i < JOBS; i++) {
            touch(sim, i, last);
        }
        sim.run(60);
        check(sim, seed, last);
    }

    private static Kind kind(int job) {
        return switch (job % 4) {
            case 0 -> Kind.AT;
            case 1 -> Kind.ALL;
            default -> Kind.ANY;
        };
    }

    private static void store(Sim sim, int job) {
        double target = sim.now - 1 + sim.between(0, 20);
        sim.job(
                kind(job),
                "job" + job,
                target,
                sim.random.nextBoolean() ? 0 : sim.between(0.2, 6),
                sim.between(0.1, 3));
    }

    /** Wants the job to run once more, now. */
    private static void touch(Sim sim, int job, double target) {
        sim.job(kind(job), "job" + job, target, 0, 0.5);
    }

    private static void disturb(Sim sim) {
        SimNode node = sim.node(NODES.get(sim.random.nextInt(NODES.size())));
        int job = sim.random.nextInt(JOBS);
        switch (sim.random.nextInt(10)) {
            case 0 -> {
                if (node.isUp()) {
                    node.kill();
                } else {
                    node.start();
                }
            }
            case 1, 2 -> {
                if (node.isCutOff()) {
                    node.reconnect();
                } else if (node.isUp()) {
                    node.cutOff();
                }
            }
            case 3 -> sim.delete(sim.entryPath(kind(job), "job" + job));
            case 4 -> sim.put(Sim.CODES.child("demo"), Map.of("code", "return " + sim.now, "is_async", true));
            case 5 -> sim.delete(Sim.CODES.child("demo"));
            case 6 -> sim.put(Sim.CODES.child("demo"), Map.of("code", "return 42", "is_async", true));
            case 7 -> {
                if (node.isUp() && !node.isCutOff()) {
                    node.restart();
                }
            }
            default -> store(sim, job);
        }
    }

    /** Jobs for all nodes are one for each of them. */
    private static String where(JobId job, String node) {
        return job.kind() == Kind.ALL ? job + " on " + node : job.toString();
    }

    private static void check(Sim sim, long seed, double last) {
        String history = "seed " + seed + "\n" + String.join("\n", sim.journal);
        Map<String, List<Sim.Execution>> byJob = new HashMap<>();
        sim.executions.forEach(one -> byJob.computeIfAbsent(where(one.job, one.node), key -> new ArrayList<>())
                .add(one));
        byJob.forEach((job, list) -> {
            // They are in the order of their starts.
            Sim.Execution longest = list.getFirst();
            for (Sim.Execution next : list.subList(1, list.size())) {
                String both = longest + " and " + next;
                assertThat(longest.to).as(() -> both + "\n" + history).isLessThanOrEqualTo(next.from);
                longest = longest.to > next.to ? longest : next;
            }
        });
        TreeSet<String> missing = new TreeSet<>();
        for (int i = 0; i < JOBS; i++) {
            JobId id = new JobId(kind(i), Path.of("job" + i));
            for (String node : id.kind() == Kind.ALL ? NODES : List.of("a")) {
                List<Sim.Execution> runs = byJob.getOrDefault(where(id, node), List.of());
                boolean ran = runs.stream().anyMatch(one -> one.from >= last && one.finished);
                if (!ran && sim.store.entries.containsKey(Sim.CODES.child("demo"))) {
                    missing.add(where(id, node));
                }
            }
        }
        assertThat(missing).as("jobs that did not run in the end\n%s", history).isEmpty();
        for (Entry entry : sim.store.entries.values()) {
            assertThat(entry.path().startsWith(Sim.CLAIMS))
                    .as("%s is left\n%s", entry, history)
                    .isFalse();
            if (entry.path().startsWith(Sim.STATES)) {
                StateEntry state = StateEntry.read(Objects.requireNonNull(entry.value()));
                assertThat(state.node())
                        .as("%s says %s\n%s", entry.path(), state, history)
                        .isNull();
            }
        }
    }
}
