package distkv.runner.job;

import distkv.runner.group.Balance;
import distkv.runner.group.Peer;
import distkv.runner.group.Turn;
import distkv.schema.job.Kind;
import distkv.schema.job.Placement;
import distkv.schema.job.Reason;
import java.util.Arrays;
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

    /** The group settles while one in so many of the jobs has nobody. */
    private static final int UNSETTLED = 10;

    /** Of how many sets of labels it is kept which peers have them. */
    private static final int LABEL_SETS = 256;

    private final String node;
    private List<Peer> peers = List.of();
    private Map<String, Integer> indices = Map.of();
    private long[] hashes = {};
    private boolean alike = true;
    /** Where this node is among the peers; −1: it is not. */
    private int here = -1;

    private final Map<String, int[]> held = new HashMap<>();
    private int[][] heldByPeer = {};
    private final Map<Set<String>, Integer> wanted = new HashMap<>();
    private double @Nullable [] shares;
    /** The most jobs that each peer has before others should. */
    private int[] most = {};
    /** Another one whenever peers come, go, or have another capacity: then jobs are drawn to them in another order. */
    private int order = 1;
    /** Which peers have their share; {@code null}: that is to be worked out. */
    private @Nullable PeerSet full;
    /** Which other peers may run a job that asks for these labels. */
    private final Map<Set<String>, PeerSet> able = new HashMap<>();
    /** How many draws were made: a job's draws to its peers are made once, not whenever somebody asks whose turn it is. */
    long draws;

    private boolean ownNews;
    /** How many jobs run or are due, and how many of these nobody has. */
    private int total;

    private int free;

    /** As what a job is counted. */
    record Counted(@Nullable String holder, @Nullable Set<String> has) {
        static final Counted NOT = new Counted(null, null);

        boolean isFree() {
            return holder == null && has != null;
        }
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
        List<Object> before = mayRunHere();
        boolean sameOrder = now.size() == peers.size();
        for (int i = 0; i < now.size() && sameOrder; i++) {
            sameOrder = peers.get(i).node().equals(now.get(i).node())
                    && peers.get(i).capacity() == now.get(i).capacity();
        }
        peers = List.copyOf(now);
        if (!sameOrder) {
            reorder();
        }
        ownNews |= !before.equals(mayRunHere());
        shares = null;
        full = null;
        able.clear();
        return news;
    }

    private void reorder() {
        order++;
        hashes = peers.stream().mapToLong(peer -> Turn.hash(peer.node())).toArray();
        alike = peers.stream().mapToDouble(Peer::capacity).distinct().count() <= 1;
        heldByPeer = peers.stream().map(peer -> held(peer.node())).toArray(int[][]::new);
        indices = new HashMap<>();
        for (int i = 0; i < peers.size(); i++) {
            indices.put(peers.get(i).node(), i);
        }
        here = indices.getOrDefault(node, -1);
    }

    private List<Object> mayRunHere() {
        return here < 0
                ? List.of()
                : List.of(peers.get(here).drained(), peers.get(here).labels());
    }

    /** Whether this node may run other jobs than when this was asked before. */
    boolean hasOwnNews() {
        boolean news = ownNews;
        ownNews = false;
        return news;
    }

    /** Whether nearly all jobs that are due have somebody: else nodes are about to take them. */
    boolean isSettled() {
        return free * UNSETTLED <= total;
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
            full = null;
        }
        if (!Objects.equals(before.has(), has)) {
            if (before.has() != null) {
                total--;
                wanted.merge(before.has(), -1, (old, less) -> old + less == 0 ? null : old + less);
            }
            if (has != null) {
                total++;
                wanted.merge(has, 1, Integer::sum);
            }
            shares = null;
            full = null;
        }
        if (!Objects.equals(before.holder(), holder) || !Objects.equals(before.has(), has)) {
            job.counted = holder == null && has == null ? Counted.NOT : new Counted(holder, has);
            free += (job.counted.isFree() ? 1 : 0) - (before.isFree() ? 1 : 0);
        }
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
        return able(has).size() > 0;
    }

    /** Why no node may run a job that asks for these labels; {@code null} if one may. */
    @Nullable
    Reason refusal(Set<String> has) {
        if (peers.isEmpty() || (here >= 0 && mayRun(has)) || mayRunElsewhere(has)) {
            return null;
        }
        boolean exists = peers.stream().anyMatch(peer -> peer.labels().containsAll(has));
        return exists ? Placement.drained(has) : Placement.nobodyHas(has);
    }

    /**
     * How long this node waits before it takes the job, in seconds; for ever if it may not run it.
     *
     * @param step how much longer each node waits than the one before it
     */
    double delay(Job job, Set<String> has, double step) {
        if (job.id.kind() != Kind.ANY) {
            return 0;
        }
        if (!mayRun(has)) {
            return Double.POSITIVE_INFINITY;
        }
        // Who has it already gives it away.
        PeerSet others = able(has).without(indices.getOrDefault(job.claim.holder(), -1));
        boolean mine = here >= 0 && isFull(here);
        int notFull = mine ? others.and(full(), false).size() : 0;
        int before = others.and(full(), mine).and(ahead(job), true).size();
        double behind = mine && notFull > 0 ? FULL : 0;
        return behind + step * Math.min(before + notFull, LONGEST_QUEUE);
    }

    /** How long this node waits before it writes down why the job does not run, in seconds. */
    double noteDelay(Job job) {
        return job.id.kind() != Kind.ANY ? 0 : Turn.STEP * Math.min(ahead(job).size(), LONGEST_QUEUE);
    }

    /** The other peers that may run a job that asks for these labels. */
    private PeerSet able(Set<String> has) {
        if (able.size() > LABEL_SETS) {
            able.clear();
        }
        return able.computeIfAbsent(has, labels -> {
            PeerSet some = new PeerSet(peers.size());
            for (int i = 0; i < peers.size(); i++) {
                if (i != here && peers.get(i).mayRun(labels)) {
                    some.add(i);
                }
            }
            return some;
        });
    }

    /** The peers to whom the job is drawn more than to this node. */
    private PeerSet ahead(Job job) {
        PeerSet known = job.ahead;
        if (known != null && order == job.aheadIn) {
            return known;
        }
        PeerSet ahead = new PeerSet(peers.size());
        double mine = draw(job, here);
        for (int i = 0; i < peers.size(); i++) {
            double other = i == here ? mine : draw(job, i);
            if (i != here
                    && (other > mine || (other == mine && peers.get(i).node().compareTo(node) < 0))) {
                ahead.add(i);
            }
        }
        job.ahead = ahead;
        job.aheadIn = order;
        return ahead;
    }

    private boolean isFull(int peer) {
        return full().has(peer);
    }

    private PeerSet full() {
        PeerSet known = full;
        if (known == null) {
            known = new PeerSet(peers.size());
            shares();
            for (int i = 0; i < peers.size(); i++) {
                if (heldByPeer[i][0] >= most[i]) {
                    known.add(i);
                }
            }
            full = known;
        }
        return known;
    }

    /** How much a job is drawn to the peer with this index, or to this node. */
    double draw(Job job, int peer) {
        draws++;
        long hash = peer < 0 ? Turn.hash(node) : hashes[peer];
        return alike || peer < 0
                ? Turn.draw(job.hash, hash)
                : Turn.draw(job.hash, hash, peers.get(peer).capacity());
    }

    private double[] shares() {
        if (shares == null) {
            shares = Balance.shares(peers, wanted);
            most = Arrays.stream(shares).mapToInt(Balance::most).toArray();
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
        return able(has).and(full(), false).size() > 0;
    }
}
