package distkv.bench;

import distkv.bench.load.BlockingConnection;
import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.ManagedProcess;
import distkv.model.Path;
import distkv.schema.Prefixes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Rows 12 and 14: how soon a job runs, and how soon it reacts. */
final class JobRows {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int SAMPLES = 300;
    private static final Path PRESENCE = Prefixes.DEFAULT.presence().child("default");
    private static final String SCALE = """
            await _self.watch(source)
            await _self.setup_done()
            async for msg in _info:
                if msg is None:
                    return "stalled"
                if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
                    await _client.set(target, value=msg.value * factor + offset, idem=True)
            """;

    private JobRows() {}

    static List<BenchResult> starts(Testbed testbed) throws Exception {
        LoadGenerator.Samples shared;
        LoadGenerator.Samples alone;
        try (DistkvServer up = testbed.fresh("starts", "up");
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(up.address())) {
            shared = starts(jobs, signals, true, SAMPLES, Duration.ofMillis(40));
            alone = starts(jobs, signals, false, SAMPLES, Duration.ofMillis(40));
        }
        List<BenchResult> results = new ArrayList<>();
        results.add(
                result("target set to now → code runs, shared worker, p50", shared, 0.5, 5, RecordedFigures.STARTS));
        results.add(result("the same, p99", shared, 0.99, 20, List.of()));
        results.add(result("target set to now → code runs, own process, p50", alone, 0.5, 12, List.of()));
        results.add(result("the same, p99", alone, 0.99, 40, List.of()));
        results.addAll(first(testbed));
        return results;
    }

    private static BenchResult result(
            String measure,
            LoadGenerator.Samples samples,
            double part,
            double target,
            List<BenchResult.PeerFigure> peers) {
        double value = samples.quantile(part) / 1e6;
        return new BenchResult(12, measure, "ms", value, peers, "≤ %.0f ms".formatted(target), value <= target);
    }

    /** The time from setting a job's target to now until its code runs, after some starts that do not count. */
    static LoadGenerator.Samples starts(BenchJobs jobs, JobSignals signals, boolean async, int count, Duration pause)
            throws IOException, InterruptedException {
        String name = async ? "shared" : "alone";
        jobs.code(name, JobSignals.SEND, async);
        Map<String, ?> data = Map.of("name", name, "signal", signals.port());
        LoadGenerator.Samples samples = new LoadGenerator.Samples();
        for (int i = -count / 10 - 1; i < count; i++) {
            long sent = System.nanoTime();
            jobs.job(name, name, BenchJobs.now(), data);
            signals.next(TIMEOUT);
            if (i >= 0) {
                samples.add(System.nanoTime() - sent);
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
        return samples;
    }

    /** The first any-node job: written when the runner announces itself, or waiting for it. */
    private static List<BenchResult> first(Testbed testbed) throws Exception {
        List<Double> started = new ArrayList<>();
        List<Double> waited = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(first(testbed, "first" + i, false));
            waited.add(first(testbed, "waiting" + i, true));
        }
        double value = SizeRows.median(started);
        testbed.say("  from the command run all until a job that waited for it runs: "
                + BenchResult.number(SizeRows.median(waited)) + " ms");
        return List.of(new BenchResult(
                12,
                "first any-node job after a runner's start",
                "ms",
                value,
                RecordedFigures.FIRST,
                "≤ 500 ms",
                value <= 500));
    }

    private static double first(Testbed testbed, String name, boolean waits) throws Exception {
        try (DistkvServer server = testbed.fresh(name, "server");
                BlockingConnection watcher = new BlockingConnection(server.address());
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(server.address())) {
            jobs.code(name, JobSignals.SEND, true);
            Map<String, ?> data = Map.of("name", name, "signal", signals.port());
            watcher.call(Requests.watch(PRESENCE));
            if (waits) {
                jobs.job(name, name, BenchJobs.now(), data);
            }
            long start = System.nanoTime();
            try (ManagedProcess _ = server.runner(name)) {
                watcher.next();
                if (!waits) {
                    start = System.nanoTime();
                    jobs.job(name, name, BenchJobs.now(), data);
                }
                signals.next(TIMEOUT);
                return (System.nanoTime() - start) / 1e6;
            }
        }
    }

    static List<BenchResult> reactions(Testbed testbed) throws Exception {
        try (DistkvServer up = testbed.fresh("reactions", "up");
                BenchJobs jobs = new BenchJobs(up.address())) {
            double value = new Comparison()
                    .enter("", time -> reaction(up.address(), jobs, time))
                    .run(WARM_UP, TIME)
                    .getFirst()
                    .value();
            String measure = "scale job: source set → destination seen, p50";
            return List.of(new BenchResult(14, measure, "ms", value, RecordedFigures.REACTION, "≤ 2 ms", value <= 2));
        }
    }

    /** The median time, in milliseconds, from setting the source until another connection sees the job's reaction. */
    private static double reaction(InetSocketAddress server, BenchJobs jobs, Duration time) throws IOException {
        // Another job each time: one that still runs would react as well.
        String name = "scale" + System.nanoTime();
        Path source = Path.of("bench", name, "source");
        Path target = Path.of("bench", name, "target");
        jobs.code("scale", SCALE, true);
        jobs.set(source, 0L);
        try (BlockingConnection writer = new BlockingConnection(server);
                BlockingConnection watcher = new BlockingConnection(server)) {
            watcher.call(Requests.watch(target));
            jobs.job(
                    name,
                    "scale",
                    BenchJobs.now(),
                    Map.of("source", source, "target", target, "factor", 2L, "offset", 1L));
            // The job is ready once it has processed the initial entry.
            watcher.next();
            LoadGenerator.Samples samples = new LoadGenerator.Samples();
            long end = System.nanoTime() + time.toNanos();
            for (long i = 1; System.nanoTime() < end; i++) {
                long sent = System.nanoTime();
                writer.send(Requests.set(source, i));
                watcher.next();
                samples.add(System.nanoTime() - sent);
                writer.next();
            }
            return samples.median() / 1e6;
        }
    }
}
