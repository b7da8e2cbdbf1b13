package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.model.Path;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Rows 13 and 15: many jobs, and many events for one of them. */
final class JobLoadRows {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int JOBS = 1_000;
    /** How many seconds before their time the jobs are written. */
    private static final double AHEAD = 3;

    /** The code of a job that waits for changes. */
    private static final String WAITING = """
            await _self.watch(source)
            await _self.setup_done()
            """ + JobSignals.SEND + """
            async for msg in _info:
                pass
            """;

    private static final int EVENTS = 200_000;
    private static final String COUNTING = """
            await _self.watch(source, fetch=False, max_depth=-1)
            await _self.setup_done()
            """ + JobSignals.SEND + """
            seen = 0
            async for msg in _info:
                if msg is None:
                    return "stalled"
                if isinstance(msg, _cls.ChangeMsg):
                    seen += 1
                    if seen == events:
                        break
            """ + JobSignals.SEND;

    private JobLoadRows() {}

    static List<BenchResult> thousand(Testbed testbed) throws Exception {
        List<Double> seconds = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (DistkvServer up = testbed.fresh("thousand" + i, "up");
                    JobSignals signals = new JobSignals();
                    BenchJobs jobs = new BenchJobs(up.address())) {
                jobs.code("waiting", WAITING, true);
                double due = BenchJobs.now() + AHEAD;
                for (int number = 0; number < JOBS; number++) {
                    String name = "job" + number;
                    Path source = Path.of("bench", name);
                    jobs.job(name, "waiting", due, Map.of("source", source, "name", name, "signal", signals.port()));
                }
                Set<String> running = new HashSet<>();
                while (running.size() < JOBS) {
                    running.add(signals.next(TIMEOUT));
                }
                seconds.add(BenchJobs.now() - due);
                // Until their states are written as well.
                TimeUnit.SECONDS.sleep(2);
                megabytes.add(up.program().proportional() / 1e6);
            }
        }
        double time = SizeRows.median(seconds);
        double memory = SizeRows.median(megabytes);
        return List.of(
                new BenchResult(
                        13,
                        "1,000 jobs due at once on one node: all running",
                        "s",
                        time,
                        RecordedFigures.THOUSAND,
                        "≤ 5 s",
                        time <= 5),
                new BenchResult(
                        13,
                        "the same, memory of all processes of up",
                        "MB",
                        memory,
                        List.of(),
                        "≤ 400 MB",
                        memory <= 400));
    }

    static List<BenchResult> events(Testbed testbed) throws Exception {
        try (DistkvServer up = testbed.fresh("events", "up");
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(up.address())) {
            double rate = new Comparison()
                    .enter("", time -> events(up, jobs, signals, (int) (EVENTS * time.toSeconds())))
                    .run(Duration.ofSeconds(2), Duration.ofSeconds(1))
                    .getFirst()
                    .value();
            String measure = "events into one job's _info loop";
            return List.of(new BenchResult(
                    15, measure, "events/s", rate, RecordedFigures.EVENTS, "≥ 50,000/s", rate >= 50_000));
        }
    }

    /**
     * Writes this number of entries, each once, for a job that counts the changes it sees. Returns changes per second.
     */
    private static double events(DistkvServer up, BenchJobs jobs, JobSignals signals, int count) throws IOException {
        String name = "events" + System.nanoTime();
        jobs.code("counting", COUNTING, true);
        Map<String, ?> data =
                Map.of("source", Path.of(name), "events", (long) count, "name", name, "signal", signals.port());
        jobs.job(name, "counting", BenchJobs.now(), data);
        signals.next(TIMEOUT);
        long start = System.nanoTime();
        LoadGenerator.pipelined(up.address(), 1024, Requests.fill(name), count);
        signals.next(TIMEOUT);
        return LoadGenerator.rate(count, start);
    }
}
