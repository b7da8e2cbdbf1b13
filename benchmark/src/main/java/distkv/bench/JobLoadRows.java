package distkv.bench;

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
    /** How many seconds ahead of their time the jobs are written. */
    private static final double AHEAD = 3;

    /** What a job that waits for changes looks like. */
    private static final String WAITING = """
            await _self.watch(source)
            await _self.setup_done()
            """ + Signals.SEND + """
            async for msg in _info:
                pass
            """;

    private static final int EVENTS = 200_000;
    private static final String COUNTING = """
            await _self.watch(source, fetch=False, max_depth=-1)
            await _self.setup_done()
            """ + Signals.SEND + """
            seen = 0
            async for msg in _info:
                if msg is None:
                    return "stalled"
                if isinstance(msg, _cls.ChangeMsg):
                    seen += 1
                    if seen == events:
                        break
            """ + Signals.SEND;

    private JobLoadRows() {}

    static List<Result> thousand(Lab lab) throws Exception {
        List<Double> seconds = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (Ours up = lab.fresh("thousand" + i, "up");
                    Signals signals = new Signals();
                    Jobs jobs = new Jobs(up.address())) {
                jobs.code("waiting", WAITING, true);
                double due = Jobs.now() + AHEAD;
                for (int number = 0; number < JOBS; number++) {
                    String name = "job" + number;
                    Path source = Path.of("bench", name);
                    jobs.job(name, "waiting", due, Map.of("source", source, "name", name, "signal", signals.port()));
                }
                Set<String> running = new HashSet<>();
                while (running.size() < JOBS) {
                    running.add(signals.next(TIMEOUT));
                }
                seconds.add(Jobs.now() - due);
                // Until what was told of them is written, too.
                TimeUnit.SECONDS.sleep(2);
                megabytes.add(up.program().proportional() / 1e6);
            }
        }
        double time = SizeRows.median(seconds);
        double memory = SizeRows.median(megabytes);
        return List.of(
                new Result(
                        13,
                        "1,000 jobs due at once on one node: all running",
                        "s",
                        time,
                        Peers.THOUSAND,
                        "≤ 5 s",
                        time <= 5),
                new Result(
                        13,
                        "the same, memory of all processes of up",
                        "MB",
                        memory,
                        List.of(),
                        "≤ 400 MB",
                        memory <= 400));
    }

    static List<Result> events(Lab lab) throws Exception {
        try (Ours up = lab.fresh("events", "up");
                Signals signals = new Signals();
                Jobs jobs = new Jobs(up.address())) {
            double rate = new Contest()
                    .enter("", time -> events(up, jobs, signals, (int) (EVENTS * time.toSeconds())))
                    .run(Duration.ofSeconds(2), Duration.ofSeconds(1))
                    .getFirst()
                    .value();
            String measure = "events into one job's _info loop";
            return List.of(new Result(15, measure, "events/s", rate, Peers.EVENTS, "≥ 50,000/s", rate >= 50_000));
        }
    }

    /** Writes so many entries, each of them once, for a job that counts how many it has seen; changes per second. */
    private static double events(Ours up, Jobs jobs, Signals signals, int count) throws IOException {
        String name = "events" + System.nanoTime();
        jobs.code("counting", COUNTING, true);
        Map<String, ?> data =
                Map.of("source", Path.of(name), "events", (long) count, "name", name, "signal", signals.port());
        jobs.job(name, "counting", Jobs.now(), data);
        signals.next(TIMEOUT);
        long start = System.nanoTime();
        Loads.pipelined(up.address(), 1024, Requests.fill(name), count);
        signals.next(TIMEOUT);
        return Loads.rate(count, start);
    }
}
