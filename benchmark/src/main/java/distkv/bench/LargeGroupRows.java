package distkv.bench;

import distkv.bench.process.DistkvServer;
import distkv.bench.process.ManagedProcess;
import distkv.bench.process.RunnerProcesses;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Row 20: a runner with many stored jobs, and many runners with many jobs. */
final class LargeGroupRows {
    private static final int STORED = 50_000;
    private static final int RUNNERS = 20;
    private static final int JOBS = 2_000;
    private static final int SAMPLES = 300;
    private static final Duration PAUSE = Duration.ofMillis(40);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Path CODE = Path.of("bench", "staying");
    private static final String STAYING = """
            await _self.setup_done()
            async for msg in _info:
                pass
            """;

    private LargeGroupRows() {}

    static List<BenchResult> rows(Testbed testbed) throws Exception {
        List<BenchResult> results = new ArrayList<>(stored(testbed));
        results.addAll(many(testbed));
        return results;
    }

    private static Client client(DistkvServer server) throws InterruptedException {
        return Client.connect(ClientOptions.of("127.0.0.1", server.address().getPort()));
    }

    /** Writes jobs that start at this time, as many in a commit as fit; returns the tick of the last commit. */
    private static long write(Client client, int count, double target) throws InterruptedException {
        Value job = Values.encode(Map.of("code", CODE, "target", target));
        long tick = 0;
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(Write.set(BenchJobs.JOBS.child("stored").child((long) i), job, Expectation.anything()));
            if (writes.size() == 250 || i == count - 1) {
                tick = client.commit(new Commit(writes, List.of())).getLast();
                writes = new ArrayList<>();
            }
        }
        return tick;
    }

    /** A runner with jobs that wait, beside one that is due when it starts. */
    private static List<BenchResult> stored(Testbed testbed) throws Exception {
        Measured empty = stored(testbed, "empty", 0);
        Measured full = stored(testbed, "stored", STORED);
        testbed.say("  without jobs: first after " + BenchResult.number(empty.first()) + " s, "
                + BenchResult.number(empty.megabytes()) + " MB, start p50 " + BenchResult.number(empty.start())
                + " ms");
        double ratio = full.start() / empty.start();
        return List.of(
                new BenchResult(
                        20,
                        "run all with 50,000 stored jobs until one that is due runs",
                        "s",
                        full.first(),
                        List.of(),
                        "≤ 3 s",
                        full.first() <= 3),
                new BenchResult(
                        20,
                        "the same, memory of the runner with its workers",
                        "MB",
                        full.megabytes(),
                        List.of(),
                        "≤ 250 MB",
                        full.megabytes() <= 250),
                new BenchResult(
                        20, "the same, start p50 / that without jobs", "", ratio, List.of(), "≤ 1.2", ratio <= 1.2));
    }

    private record Measured(double first, double megabytes, double start) {}

    private static Measured stored(Testbed testbed, String name, int count) throws Exception {
        try (DistkvServer server = testbed.fresh(name, "server");
                Client client = client(server);
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(server.address())) {
            jobs.code("staying", STAYING, true);
            jobs.code("due", JobSignals.SEND, true);
            write(client, count, BenchJobs.now() + TimeUnit.DAYS.toSeconds(30));
            jobs.job("due", "due", BenchJobs.now(), Map.of("name", "due", "signal", signals.port()));
            long start = System.nanoTime();
            try (ManagedProcess runner = server.runner("vm")) {
                signals.next(TIMEOUT);
                double first = (System.nanoTime() - start) / 1e9;
                // Until it has written down of all jobs why they wait.
                awaitStates(client, count);
                double megabytes = runner.proportional() / 1e6;
                double p50 = JobRows.starts(jobs, signals, true, SAMPLES, PAUSE).quantile(0.5) / 1e6;
                return new Measured(first, megabytes, p50);
            }
        }
    }

    private static void awaitStates(Client client, int count) throws InterruptedException, IOException {
        Path states = RunnerProcesses.STATES.child("stored");
        for (long end = System.nanoTime() + TIMEOUT.toNanos(); System.nanoTime() < end; TimeUnit.SECONDS.sleep(1)) {
            if (client.tree(states).size() >= count) {
                return;
            }
        }
        throw new IOException("not all of " + count + " jobs have a state after " + TIMEOUT);
    }

    /** Runners that are there before their jobs. */
    private static List<BenchResult> many(Testbed testbed) throws Exception {
        try (DistkvServer server = testbed.fresh("many", "server");
                Client client = client(server);
                BenchJobs jobs = new BenchJobs(server.address());
                RunnerProcesses runners = new RunnerProcesses(server)) {
            jobs.code("staying", STAYING, true);
            for (int i = 0; i < RUNNERS; i++) {
                runners.start("node" + i);
            }
            // Until no runner is new to the others.
            TimeUnit.SECONDS.sleep(3);
            double begun = BenchJobs.now();
            long first = Revision.ofTick(write(client, JOBS, begun));
            double all = begun + TIMEOUT.toSeconds();
            while (BenchJobs.now() < all && runners.running() < JOBS) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            double seconds = BenchJobs.now() - begun;
            // Until what the runs say of themselves is written as well.
            TimeUnit.SECONDS.sleep(2);
            long last = Revision.ofTick(client.set(Path.of("bench", "now"), Values.encode(1L)));
            double commits = (double) (last - first) / JOBS;
            return List.of(
                    new BenchResult(
                            20, "20 runners, 2,000 jobs: all running", "s", seconds, List.of(), "≤ 4 s", seconds <= 4),
                    new BenchResult(20, "the same, commits a job", "", commits, List.of(), "≤ 2.1", commits <= 2.1));
        }
    }
}
