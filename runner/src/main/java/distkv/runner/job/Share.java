package distkv.runner.job;

import distkv.runner.group.Balance;
import distkv.runner.group.Peer;
import distkv.runner.group.Turn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has how many of the jobs that any node may run, who should have how many, and so when it is this node's turn to
 * take one. Used by the decision thread only.
 */
final class Share {
    /** After so many nodes the others no longer wait for each other. */
    private static final int LONGEST_QUEUE = 20;
    /** How much longer a node waits that has its share already, while others have not, in seconds. */
    private static final double FULL = 1;
    /** How far above its share, as a factor, a node's load may be before it gives jobs away. */
    private static final double TOLERANCE = 1.1;

    private final String node;
    private List<Peer> peers = List.of();
    private long[] hashes = {};
    private boolean alike = true;
    /** Where this node is among the peers; −1: it is not. */
    private int here = -1;

    private final Map<String, int[]> held = new HashMap<>();
    private int[][] heldByPeer = {};
    private final Map<Set<String>, Integer> wanted = new HashMap<>();
    private double @Nullable [] shares;

    /** As what a job is counted. */
    record Counted(@Nullable String holder, @Nullable Set<String> has) {
        static final Counted NOT = new Counted(null, null);
    }

    Share(String node) {
        this.node = node;
    }

    /** The nodes that run jobs for any node are now these; returns whether others may run other jobs than before. */
    boolean peers(List<Peer> now) {
        if (now.equals(peers)) {
            return false;
        }
        boolean news = now.size() != peers.size();
        for (int i = 0; i < now.size() && !news; i++) {
            Peer one = peers.get(i);
            Peer other = now.get(i);
            news = !one.node().equals(other.node())
                    || one.drained() != other.drained()
                    || !one.labels().equals(other.labels());
        }
        peers = List.copyOf(now);
        hashes = now.stream().mapToLong(peer -> Turn.hash(peer.node())).toArray();
        alike = now.stream().mapToDouble(Peer::capacity).distinct().count() <= 1;
        heldByPeer = now.stream().map(peer -> held(peer.node())).toArray(int[][]::new);
        here = -1;
        for (int i = 0; i < now.size(); i++) {
            here = now.get(i).node().equals(node) ? i : here;
        }
        shares = null;
        return news;
    }

    private int[] held(String holder) {
        return held.computeIfAbsent(holder, key -> new int[1]);
    }

    /** Counts the job as what it is now. */
    void count(Job job) {
        if (job.id.kind() != Kind.ANY) {
            return;
        }
        String holder = holder(job);
        Set<String> has = holder == null && !job.due
                ? null
                : job.entry == null ? Set.of() : job.entry.placement().has();
        Counted before = job.counted;
        if (!Objects.equals(before.holder(), holder)) {
            if (before.holder() != null) {
                held(before.holder())[0]--;
            }
            if (holder != null) {
                held(holder)[0]++;
            }
        }
        if (!Objects.equals(before.has(), has)) {
            if (before.has() != null) {
                wanted.merge(before.has(), -1, (old, less) -> old + less == 0 ? null : old + less);
            }
            if (has != null) {
                wanted.merge(has, 1, Integer::sum);
            }
            shares = null;
        }
        job.counted = holder == null && has == null ? Counted.NOT : new Counted(holder, has);
    }

    /** Whose part it is of: a run that stands by is about to take over. */
    private @Nullable String holder(Job job) {
        if (job.standby.isHeld()) {
            return job.standby.holder();
        }
        boolean standsBy = job.claiming != null && job.claiming.isStandby();
        return job.claim.isHeld() && !standsBy ? job.claim.holder() : job.claiming == null ? null : node;
    }

    /** Whether this node may run a job that asks for these labels. */
    boolean mayRun(Set<String> has) {
        return here < 0 || peers.get(here).mayRun(has);
    }

    /** Whether another node may run a job that asks for these labels. */
    boolean mayRunElsewhere(Set<String> has) {
        for (int i = 0; i < peers.size(); i++) {
            if (i != here && peers.get(i).mayRun(has)) {
                return true;
            }
        }
        return false;
    }

    /** Why no node may run a job that asks for these labels; {@code null} if one may. */
    @Nullable
    String refusal(Set<String> has) {
        if (peers.isEmpty() || (here >= 0 && mayRun(has)) || mayRunElsewhere(has)) {
            return null;
        }
        boolean exists = peers.stream().anyMatch(peer -> peer.labels().containsAll(has));
        return exists ? Placement.drained(has) : Placement.nobodyHas(has);
    }

    /** How long this node waits before it takes the job, in seconds; for ever if it may not run it. */
    double delay(Job job, Set<String> has) {
        if (job.id.kind() != Kind.ANY) {
            return 0;
        }
        if (!mayRun(has)) {
            return Double.POSITIVE_INFINITY;
        }
        boolean full = here >= 0 && isFull(here);
        double mine = draw(job, here);
        int notFull = 0;
        int before = 0;
        for (int i = 0; i < peers.size(); i++) {
            // Who has it already gives it away.
            if (i != here && peers.get(i).mayRun(has) && !peers.get(i).node().equals(job.claim.holder())) {
                boolean other = isFull(i);
                notFull += other ? 0 : 1;
                before += other == full && isBefore(job, i, mine) ? 1 : 0;
            }
        }
        double behind = full && notFull > 0 ? FULL : 0;
        return behind + Turn.STEP * Math.min(before + (full ? notFull : 0), LONGEST_QUEUE);
    }

    /** How long this node waits before it writes down why the job does not run, in seconds. */
    double noteDelay(Job job) {
        if (job.id.kind() != Kind.ANY) {
            return 0;
        }
        double mine = draw(job, here);
        int before = 0;
        for (int i = 0; i < peers.size(); i++) {
            before += i != here && isBefore(job, i, mine) ? 1 : 0;
        }
        return Turn.STEP * Math.min(before, LONGEST_QUEUE);
    }

    private boolean isFull(int peer) {
        return heldByPeer[peer][0] >= Balance.most(shares()[peer]);
    }

    /** How much a job is drawn to the peer with this index, or to this node. */
    double draw(Job job, int peer) {
        long hash = peer < 0 ? Turn.hash(node) : hashes[peer];
        return alike || peer < 0
                ? Turn.draw(job.hash, hash)
                : Turn.draw(job.hash, hash, peers.get(peer).capacity());
    }

    private boolean isBefore(Job job, int peer, double mine) {
        double other = draw(job, peer);
        return other > mine || (other == mine && peers.get(peer).node().compareTo(node) < 0);
    }

    private double[] shares() {
        if (shares == null) {
            shares = Balance.shares(peers, wanted);
        }
        return shares;
    }

    /** How much a job is drawn to this node. */
    double draw(Job job) {
        return draw(job, here);
    }

    /** How many jobs this node should give away, since others have less than their share. */
    int excess() {
        if (here < 0 || peers.size() < 2) {
            return 0;
        }
        double share = shares()[here];
        double pinned = peers.get(here).pinned();
        int mine = heldByPeer[here][0];
        return mine + pinned > TOLERANCE * (share + pinned) ? Math.max(0, mine - Balance.most(share)) : 0;
    }

    /** Whether another node may run such a job, and has less than its share. */
    boolean isWantedElsewhere(Set<String> has) {
        for (int i = 0; i < peers.size(); i++) {
            if (i != here && peers.get(i).mayRun(has) && !isFull(i)) {
                return true;
            }
        }
        return false;
    }
}
