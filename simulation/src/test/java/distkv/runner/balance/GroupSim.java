package distkv.runner.balance;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.Membership;
import distkv.runner.group.Peer;
import distkv.schema.group.Member;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A group in virtual time: the runners decide with the real balance; store, network, sessions and runs are played, as
 * simply as can be, so that a thousand runners fit into one test. All chance comes from a seed.
 */
final class GroupSim {
    /** How long claims and presence outlive a runner that is killed, in seconds. */
    static final double TTL = 3;

    private static final Path PRESENCE = Path.of("presence");
    static final Set<String> ANY = Set.of();
    static final Set<String> GPIO = Set.of("gpio");

    /** An invariant does not hold. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /** What all runners are told: of a job, by its number, or, if that is −1, of a node. */
    record Change(int job, @Nullable String node, @Nullable Peer peer) {}

    private record Timed(double time, long order, Runnable what) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            int byTime = Double.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** What happened since the last {@link #begin}. */
    static final class Count {
        int claims;
        int conflicts;
        int moves;
        int releases;
        long changes;
        long looks;
        /** Presence entries that were written, or nodes that were drained or are not any more. */
        int presences;
        /** Nodes of which the membership has handed on news for those. */
        int peers;
        /** When the last job was claimed, in seconds since the beginning. */
        double lastClaim;
    }

    final SplittableRandom random;
    double now;
    Count count = new Count();
    private double began;
    private FairShare.Work before = new FairShare.Work(0, 0);
    private FairShare.Work gone = new FairShare.Work(0, 0);
    private final PriorityQueue<Timed> agenda = new PriorityQueue<>();
    private long order;
    private long presences;

    final JobId[] jobs;
    private final boolean[] asksForGpio;
    /** The store: who has which job, which of them are to run, and who is present. */
    private final @Nullable String[] holders;

    private final boolean[] due;
    private final Map<String, Peer> present = new LinkedHashMap<>();
    /** What each runner has of its own: here it is one for all, as all are told the same. */
    private final Membership membership = new Membership(PRESENCE);

    private final Set<String> drained = new TreeSet<>();
    final List<Change> log = new ArrayList<>();
    final Map<String, SimRunner> runners = new LinkedHashMap<>();

    GroupSim(long seed, int jobCount) {
        random = new SplittableRandom(seed);
        jobs = new JobId[jobCount];
        asksForGpio = new boolean[jobCount];
        for (int i = 0; i < jobCount; i++) {
            jobs[i] = new JobId(Kind.ANY, Path.of("job", i));
            asksForGpio[i] = random.nextInt(10) == 0;
        }
        holders = new String[jobCount];
        due = new boolean[jobCount];
    }

    Set<String> labels(int job) {
        return asksForGpio[job] ? GPIO : ANY;
    }

    @Nullable
    String holder(int job) {
        return holders[job];
    }

    boolean isDue(int job) {
        return due[job];
    }

    Map<String, Peer> present() {
        return present;
    }

    /** What a node that is present says of itself. */
    Peer peer(String node) {
        return Objects.requireNonNull(present.get(node), node);
    }

    double between(double least, double most) {
        return least + random.nextDouble() * (most - least);
    }

    void after(double delay, Runnable what) {
        agenda.add(new Timed(now + delay, ++order, what));
    }

    /** Lets time pass. */
    void run(double seconds) {
        double end = now + seconds;
        for (Timed next = agenda.peek(); next != null && next.time() <= end; next = agenda.peek()) {
            agenda.remove();
            now = next.time();
            next.what().run();
        }
        now = end;
    }

    /** The job is to run from now on. */
    void set(int job) {
        due[job] = true;
        publish(new Change(job, null, null));
    }

    /** Gives the job to that node if nobody has it. */
    boolean claim(int job, String by) {
        SimRunner runner = runners.get(by);
        if (holders[job] != null || !due[job] || runner == null) {
            count.conflicts++;
            return false;
        }
        holders[job] = by;
        count.claims++;
        count.lastClaim = now - began;
        publish(new Change(job, null, null));
        return true;
    }

    /** The node gives the job up. */
    void release(int job, String by) {
        if (!by.equals(holders[job])) {
            throw new Violation(by + " gives up job " + job + " of " + holders[job]);
        }
        holders[job] = null;
        count.releases++;
        publish(new Change(job, null, null));
    }

    /** Starts a runner: it is present at once, and decides once it is warm. */
    void start(Peer peer, double warm) {
        SimRunner runner = new SimRunner(this, peer.node());
        runners.put(peer.node(), runner);
        is(peer);
        after(warm, runner::open);
    }

    private void is(Peer peer) {
        presence(
                peer.node(),
                new Member(peer.node(), Kind.ANY.word(), 1, 0, 0, peer.pinned(), peer.capacity(), peer.labels(), null)
                        .encode());
    }

    /** What the node says of itself from now on; {@code null}: it is gone. */
    private void presence(String node, @Nullable Value value) {
        count.presences++;
        String about = membership.apply(new Entry(PRESENCE.child(node).child(Kind.ANY.word()), value, ++presences, 0));
        if (about != null) {
            peerChanged(about);
        }
    }

    /** These nodes are drained from now on, or are not any more. */
    void drain(Collection<String> nodes, boolean whether) {
        count.presences += nodes.size();
        if (whether) {
            drained.addAll(nodes);
        } else {
            drained.removeAll(nodes);
        }
        membership.drain(drained).forEach(this::peerChanged);
    }

    private void peerChanged(String node) {
        count.peers++;
        Peer peer = membership.peer(node);
        if (peer == null) {
            present.remove(node);
        } else {
            present.put(node, peer);
        }
        publish(new Change(-1, node, peer));
    }

    /** Kills a runner, and its runs with it. What it had is free when its lease has ended. */
    void kill(String node) {
        SimRunner runner = runners.remove(node);
        if (runner == null) {
            throw new IllegalArgumentException(node);
        }
        runner.kill();
        gone = plus(gone, runner.share.work());
        after(TTL, () -> {
            presence(node, null);
            for (int job = 0; job < holders.length; job++) {
                if (node.equals(holders[job])) {
                    release(job, node);
                }
            }
        });
    }

    private void publish(Change change) {
        log.add(change);
        runners.values().forEach(SimRunner::arriving);
    }

    /** From here on is counted. */
    void begin() {
        began = now;
        count = new Count();
        before = total();
    }

    /** The work of the balance since the beginning, over all runners. */
    FairShare.Work work() {
        FairShare.Work all = total();
        return new FairShare.Work(all.scores() - before.scores(), all.shares() - before.shares());
    }

    private FairShare.Work total() {
        return runners.values().stream().map(runner -> runner.share.work()).reduce(gone, GroupSim::plus);
    }

    private static FairShare.Work plus(FairShare.Work one, FairShare.Work other) {
        return new FairShare.Work(one.scores() + other.scores(), one.shares() + other.shares());
    }

    /** How many jobs each node that is present has. */
    Map<String, Integer> loads() {
        Map<String, Integer> loads = new LinkedHashMap<>();
        present.keySet().forEach(node -> loads.put(node, 0));
        Arrays.stream(holders).forEach(node -> {
            if (node != null) {
                loads.merge(node, 1, Integer::sum);
            }
        });
        return loads;
    }

    /** How many jobs each node should have. */
    Map<String, Double> shares() {
        List<Peer> peers = List.copyOf(present.values());
        Map<Set<String>, Integer> wanted = new LinkedHashMap<>();
        for (int job = 0; job < due.length; job++) {
            if (due[job]) {
                wanted.merge(labels(job), 1, Integer::sum);
            }
        }
        double[] shares = WaterFilling.shares(peers, wanted);
        Map<String, Double> byNode = new LinkedHashMap<>();
        for (int i = 0; i < shares.length; i++) {
            byNode.put(peers.get(i).node(), shares[i]);
        }
        return byNode;
    }

    /** How many jobs have to move so that nobody has clearly more than its share. */
    int excess() {
        Map<String, Double> shares = shares();
        int excess = 0;
        for (var load : loads().entrySet()) {
            double share = shares.getOrDefault(load.getKey(), 0.0);
            excess += isTooMuch(load.getValue(), share) ? load.getValue() - WaterFilling.most(share) : 0;
        }
        return excess;
    }

    private static boolean isTooMuch(int load, double share) {
        return load > 1.1 * share && load > WaterFilling.most(share);
    }

    /** Each job that is to run has a run, where its claim is; and nobody has clearly more than its share. */
    void isSettled() {
        eachJobRuns();
        isBalanced();
    }

    /** Each job that is to run has a run, where its claim is. */
    void eachJobRuns() {
        for (int job = 0; job < due.length; job++) {
            String holder = holders[job];
            SimRunner runner = holder == null ? null : runners.get(holder);
            if (due[job] && (runner == null || !runner.runs(job))) {
                throw new Violation(jobs[job] + " does not run (claim: " + holder + ")");
            }
            if (runner != null && !peer(runner.name).mayRun(labels(job))) {
                throw new Violation(jobs[job] + " asks for " + labels(job) + ", but runs on " + present.get(holder));
            }
        }
    }

    /** Nobody has clearly more than its share, as long as another node could have one of its jobs. */
    private void isBalanced() {
        Map<String, Double> shares = shares();
        Map<String, Integer> loads = loads();
        for (int job = 0; job < holders.length; job++) {
            String holder = holders[job];
            if (holder == null || !isTooMuch(loads.getOrDefault(holder, 0), shares.getOrDefault(holder, 0.0))) {
                continue;
            }
            for (Peer other : present.values()) {
                String node = other.node();
                if (other.mayRun(labels(job))
                        && loads.getOrDefault(node, 0) < WaterFilling.most(shares.getOrDefault(node, 0.0))) {
                    throw new Violation(holder + " has " + loads.get(holder) + " jobs, of " + shares.get(holder) + "; "
                            + node + " has " + loads.get(node) + " of " + shares.get(node));
                }
            }
        }
    }
}
