package distkv.bench;

import distkv.bench.process.DistkvServer;
import distkv.bench.process.ManagedProcess;
import distkv.bench.process.RunnerProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Rows 17 and 18: what becomes of any-node jobs when runners, each a process of its own, die, join and leave. */
final class GroupRows {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int ROUNDS = 5;
    private static final int CUTS = 3;
    /** The time to live of a runner's lease in seconds. */
    private static final int TTL = 3;

    private static final int RUNNERS = 8;
    private static final int JOBS = 1_000;
    /** For how many seconds no job may move until the jobs count as spread. */
    private static final double QUIET = 5;

    private static final double LONGEST = 60;

    private static final String STAYING = """
            await _self.setup_done()
            name = _client.client_name
            """ + JobSignals.SEND + """
            async for msg in _info:
                pass
            """;

    private GroupRows() {}

    static List<BenchResult> failover(Testbed testbed) throws Exception {
        List<Double> killed = new ArrayList<>();
        List<Double> cutOff = new ArrayList<>();
        try (DistkvServer server = testbed.fresh("failover", "server");
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(server.address());
                RunnerProcesses runners = new RunnerProcesses(server)) {
            jobs.code("staying", STAYING, true);
            runners.start("left");
            jobs.job("job", "staying", BenchJobs.now(), Map.of("signal", signals.port()));
            String holder = signals.next(TIMEOUT);
            runners.start("right");
            for (int i = 0; i < ROUNDS; i++) {
                TimeUnit.SECONDS.sleep(1);
                long start = System.nanoTime();
                runners.kill(holder);
                String next = signals.next(TIMEOUT);
                killed.add((System.nanoTime() - start) / 1e9);
                runners.start(holder);
                holder = next;
            }
            for (int i = 0; i < CUTS; i++) {
                TimeUnit.SECONDS.sleep(1);
                long start = System.nanoTime();
                runners.program(holder).signal("STOP");
                String next = signals.next(TIMEOUT);
                cutOff.add((System.nanoTime() - start) / 1e9);
                runners.program(holder).signal("CONT");
                TimeUnit.SECONDS.sleep(TTL);
                runners.awaitPresence(holder);
                holder = next;
            }
        }
        double kill = killed.stream().max(Comparator.naturalOrder()).orElseThrow();
        double cut = cutOff.stream().max(Comparator.naturalOrder()).orElseThrow();
        testbed.say("  runner killed, s: " + killed + "; cut off, s: " + cutOff);
        List<BenchResult.PeerFigure> peers = new ArrayList<>(List.of(
                new BenchResult.PeerFigure("etcd drops a lease", testbed.etcd().leaseEnds(TTL))));
        peers.addAll(RecordedFigures.FAILOVER);
        return List.of(
                new BenchResult(
                        17,
                        "any-node job, runner killed with its workers, longest of " + ROUNDS,
                        "s",
                        kill,
                        RecordedFigures.FAILOVER,
                        "≤ 0.3 s",
                        kill <= 0.3),
                new BenchResult(
                        17,
                        "any-node job, node cut off (TTL 3 s), longest of " + CUTS,
                        "s",
                        cut,
                        peers,
                        "≤ TTL + 1 s",
                        cut <= TTL + 1));
    }

    static List<BenchResult> balance(Testbed testbed) throws Exception {
        try (DistkvServer server = testbed.fresh("balance", "server");
                JobSignals signals = new JobSignals();
                BenchJobs jobs = new BenchJobs(server.address());
                RunnerProcesses runners = new RunnerProcesses(server)) {
            jobs.code("staying", STAYING, true);
            List<String> nodes = new ArrayList<>();
            for (int i = 1; i <= RUNNERS; i++) {
                nodes.add("node" + i);
                runners.start("node" + i);
            }
            for (int i = 0; i < JOBS; i++) {
                jobs.job("job" + i, "staying", BenchJobs.now(), Map.of("signal", signals.port()));
            }
            List<BenchResult> results = new ArrayList<>();
            results.add(spread(testbed, runners, nodes, "after start"));
            nodes.add("joined");
            runners.start("joined");
            results.add(spread(testbed, runners, nodes, "after a join"));
            nodes.remove("node1");
            ManagedProcess.run(testbed.directory(), server.client("run", "drain", "node1"));
            results.add(spread(testbed, runners, nodes, "after a drain"));
            return results;
        }
    }

    /** Waits until no job moves any more. The result is the jobs of the most loaded node divided by the mean. */
    private static BenchResult spread(Testbed testbed, RunnerProcesses runners, List<String> nodes, String when)
            throws Exception {
        double start = BenchJobs.now();
        double moved = start;
        Map<String, Integer> last = Map.of();
        while (BenchJobs.now() < Math.min(moved + QUIET, start + LONGEST)) {
            Map<String, Integer> now = runners.jobs();
            if (!now.equals(last)) {
                last = now;
                moved = BenchJobs.now();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        int most = last.values().stream().max(Comparator.naturalOrder()).orElse(0);
        double ratio = (double) most * nodes.size() / JOBS;
        testbed.say("  " + when + ", nothing moves after " + BenchResult.number(moved - start) + " s: " + last);
        boolean all =
                last.values().stream().mapToInt(Integer::intValue).sum() == JOBS && nodes.containsAll(last.keySet());
        String measure = "1,000 any-node jobs, " + nodes.size() + " runners, " + when + ": most / mean";
        return new BenchResult(
                18, measure, "", all ? ratio : Double.POSITIVE_INFINITY, List.of(), "≤ 1.1", all && ratio <= 1.1);
    }
}
