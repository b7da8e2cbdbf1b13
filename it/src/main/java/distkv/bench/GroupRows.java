package distkv.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Rows 17 and 18: runners that die, come and go, each a process of its own, and what becomes of the jobs of any node. */
final class GroupRows {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROUNDS = 5;
    private static final int CUTS = 3;
    /** The life of a runner's lease in seconds. */
    private static final int TTL = 3;

    private static final int RUNNERS = 8;
    private static final int JOBS = 1_000;
    /** How long nothing may have moved until the jobs count as spread, in seconds. */
    private static final double QUIET = 5;

    private static final double LONGEST = 60;

    private static final String STAYING = """
            await _self.setup_done()
            name = _client.client_name
            """ + Signals.SEND + """
            async for msg in _info:
                pass
            """;

    private GroupRows() {}

    static List<Result> failover(Lab lab) throws Exception {
        List<Double> killed = new ArrayList<>();
        List<Double> cutOff = new ArrayList<>();
        try (Ours server = lab.fresh("failover", "server");
                Signals signals = new Signals();
                Jobs jobs = new Jobs(server.address());
                Runners runners = new Runners(server)) {
            jobs.code("staying", STAYING, true);
            runners.start("left");
            jobs.job("job", "staying", Jobs.now(), Map.of("signal", signals.port()));
            String holder = signals.next(PATIENCE);
            runners.start("right");
            for (int i = 0; i < ROUNDS; i++) {
                TimeUnit.SECONDS.sleep(1);
                long start = System.nanoTime();
                runners.kill(holder);
                String next = signals.next(PATIENCE);
                killed.add((System.nanoTime() - start) / 1e9);
                runners.start(holder);
                holder = next;
            }
            for (int i = 0; i < CUTS; i++) {
                TimeUnit.SECONDS.sleep(1);
                long start = System.nanoTime();
                runners.program(holder).signal("STOP");
                String next = signals.next(PATIENCE);
                cutOff.add((System.nanoTime() - start) / 1e9);
                runners.program(holder).signal("CONT");
                TimeUnit.SECONDS.sleep(TTL);
                runners.awaitPresence(holder);
                holder = next;
            }
        }
        double kill = killed.stream().max(Comparator.naturalOrder()).orElseThrow();
        double cut = cutOff.stream().max(Comparator.naturalOrder()).orElseThrow();
        lab.say("  runner killed, s: " + killed + "; cut off, s: " + cutOff);
        List<Result.Peer> peers = new ArrayList<>(
                List.of(new Result.Peer("etcd drops a lease", lab.etcd().leaseEnds(TTL))));
        peers.addAll(Peers.FAILOVER);
        return List.of(
                new Result(
                        17,
                        "any-node job, runner killed with its workers, longest of " + ROUNDS,
                        "s",
                        kill,
                        Peers.FAILOVER,
                        "≤ 0.3 s",
                        kill <= 0.3),
                new Result(
                        17,
                        "any-node job, node cut off (TTL 3 s), longest of " + CUTS,
                        "s",
                        cut,
                        peers,
                        "≤ TTL + 1 s",
                        cut <= TTL + 1));
    }

    static List<Result> balance(Lab lab) throws Exception {
        try (Ours server = lab.fresh("balance", "server");
                Signals signals = new Signals();
                Jobs jobs = new Jobs(server.address());
                Runners runners = new Runners(server)) {
            jobs.code("staying", STAYING, true);
            List<String> nodes = new ArrayList<>();
            for (int i = 1; i <= RUNNERS; i++) {
                nodes.add("node" + i);
                runners.start("node" + i);
            }
            for (int i = 0; i < JOBS; i++) {
                jobs.job("job" + i, "staying", Jobs.now(), Map.of("signal", signals.port()));
            }
            List<Result> results = new ArrayList<>();
            results.add(spread(lab, runners, nodes, "after start"));
            nodes.add("joined");
            runners.start("joined");
            results.add(spread(lab, runners, nodes, "after a join"));
            nodes.remove("node1");
            Program.run(lab.directory(), server.client("run", "drain", "node1"));
            results.add(spread(lab, runners, nodes, "after a drain"));
            return results;
        }
    }

    /** Waits until nothing moves any more, and works out how much more than the mean the most loaded node has. */
    private static Result spread(Lab lab, Runners runners, List<String> nodes, String when) throws Exception {
        double start = Jobs.now();
        double moved = start;
        Map<String, Integer> last = Map.of();
        while (Jobs.now() < Math.min(moved + QUIET, start + LONGEST)) {
            Map<String, Integer> now = runners.jobs();
            if (!now.equals(last)) {
                last = now;
                moved = Jobs.now();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        int most = last.values().stream().max(Comparator.naturalOrder()).orElse(0);
        double ratio = (double) most * nodes.size() / JOBS;
        lab.say("  " + when + ", nothing moves after " + Result.number(moved - start) + " s: " + last);
        boolean all =
                last.values().stream().mapToInt(Integer::intValue).sum() == JOBS && nodes.containsAll(last.keySet());
        String measure = "1,000 any-node jobs, " + nodes.size() + " runners, " + when + ": most / mean";
        return new Result(
                18, measure, "", all ? ratio : Double.POSITIVE_INFINITY, List.of(), "≤ 1.1", all && ratio <= 1.1);
    }
}
