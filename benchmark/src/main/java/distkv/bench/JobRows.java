package distkv.bench;

import distkv.model.Path;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Rows 12 and 14: how soon a job runs, and how soon it has reacted. */
final class JobRows {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int SAMPLES = 300;
    private static final Path PRESENCE = Path.of(".distkv", "presence", "default");
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

    static List<Result> starts(Lab lab) throws Exception {
        Loads.Samples shared;
        Loads.Samples alone;
        try (Ours up = lab.fresh("starts", "up");
                Signals signals = new Signals();
                Jobs jobs = new Jobs(up.address())) {
            shared = starts(jobs, signals, true, SAMPLES, Duration.ofMillis(40));
            alone = starts(jobs, signals, false, SAMPLES, Duration.ofMillis(40));
        }
        List<Result> results = new ArrayList<>();
        results.add(result("target set to now → code runs, shared worker, p50", shared, 0.5, 5, Peers.STARTS));
        results.add(result("the same, p99", shared, 0.99, 20, List.of()));
        results.add(result("target set to now → code runs, own process, p50", alone, 0.5, 12, List.of()));
        results.add(result("the same, p99", alone, 0.99, 40, List.of()));
        results.addAll(first(lab));
        return results;
    }

    private static Result result(
            String measure, Loads.Samples samples, double part, double target, List<Result.Peer> peers) {
        double value = samples.quantile(part) / 1e6;
        return new Result(12, measure, "ms", value, peers, "≤ %.0f ms".formatted(target), value <= target);
    }

    /** How long after its target was set to now a job's code ran, after so many starts that are not counted. */
    private static Loads.Samples starts(Jobs jobs, Signals signals, boolean async, int count, Duration pause)
            throws IOException, InterruptedException {
        String name = async ? "shared" : "alone";
        jobs.code(name, Signals.SEND, async);
        Map<String, ?> data = Map.of("name", name, "signal", signals.port());
        Loads.Samples samples = new Loads.Samples();
        for (int i = -count / 10 - 1; i < count; i++) {
            long sent = System.nanoTime();
            jobs.job(name, name, Jobs.now(), data);
            signals.next(TIMEOUT);
            if (i >= 0) {
                samples.add(System.nanoTime() - sent);
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
        return samples;
    }

    /** The first job for any node, written when the runner announces itself, or waiting for it already. */
    private static List<Result> first(Lab lab) throws Exception {
        List<Double> started = new ArrayList<>();
        List<Double> waited = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(first(lab, "first" + i, false));
            waited.add(first(lab, "waiting" + i, true));
        }
        double value = SizeRows.median(started);
        lab.say("  from the command run all until a job that waited for it runs: "
                + Result.number(SizeRows.median(waited)) + " ms");
        return List.of(new Result(
                12, "first any-node job after a runner's start", "ms", value, Peers.FIRST, "≤ 500 ms", value <= 500));
    }

    private static double first(Lab lab, String name, boolean waits) throws Exception {
        try (Ours server = lab.fresh(name, "server");
                Wire watcher = new Wire(server.address());
                Signals signals = new Signals();
                Jobs jobs = new Jobs(server.address())) {
            jobs.code(name, Signals.SEND, true);
            Map<String, ?> data = Map.of("name", name, "signal", signals.port());
            watcher.call(Requests.watch(PRESENCE));
            if (waits) {
                jobs.job(name, name, Jobs.now(), data);
            }
            long start = System.nanoTime();
            try (Program _ = server.runner(name)) {
                watcher.next();
                if (!waits) {
                    start = System.nanoTime();
                    jobs.job(name, name, Jobs.now(), data);
                }
                signals.next(TIMEOUT);
                return (System.nanoTime() - start) / 1e6;
            }
        }
    }

    static List<Result> reactions(Lab lab) throws Exception {
        try (Ours up = lab.fresh("reactions", "up");
                Jobs jobs = new Jobs(up.address())) {
            double value = new Contest()
                    .enter("", time -> reaction(up.address(), jobs, time))
                    .run(WARM_UP, TIME)
                    .getFirst()
                    .value();
            String measure = "scale job: source set → destination seen, p50";
            return List.of(new Result(14, measure, "ms", value, Peers.REACTION, "≤ 2 ms", value <= 2));
        }
    }

    /** Milliseconds from setting the source until another connection has seen what the job made of it: the median. */
    private static double reaction(InetSocketAddress server, Jobs jobs, Duration time) throws IOException {
        // Another job each time: one that still runs would react, too.
        String name = "scale" + System.nanoTime();
        Path source = Path.of("bench", name, "source");
        Path target = Path.of("bench", name, "target");
        jobs.code("scale", SCALE, true);
        jobs.set(source, 0L);
        try (Wire writer = new Wire(server);
                Wire watcher = new Wire(server)) {
            watcher.call(Requests.watch(target));
            jobs.job(name, "scale", Jobs.now(), Map.of("source", source, "target", target, "factor", 2L, "offset", 1L));
            // The job has begun once it has taken in what was there.
            watcher.next();
            Loads.Samples samples = new Loads.Samples();
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
