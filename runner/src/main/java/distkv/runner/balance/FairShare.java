package distkv.runner.balance;

import distkv.runner.group.Peer;
import distkv.schema.job.JobId;
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
 * take one, or how many it should give away.
 */
public final class FairShare {
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
    /** Another one whenever peers come, go, or have another capacity: then they have another order for each job. */
    private int order = 1;
    /** Which peers have their share; {@code null}: that is to be worked out. */
    private @Nullable PeerSet full;
    /** Which other peers may run a job that asks for these labels. */
    private final Map<Set<String>, PeerSet> able = new HashMap<>();

    private long scores;

    private boolean ownNews;
    /** How many jobs run or are due, and how many of these nobody has. */
    private int total;

    private int free;

    /** What {@code node} knows of a group of which nothing is known yet. */
    public FairShare(String node) {
        this.node = node;
    }

    /** What is to be kept with that job and passed to the other methods. */
    public Stake stake(JobId job) {
        return new Stake(job);
    }

    /** The nodes that run jobs for any node are now these; returns whether others may run other jobs than before. */
    public boolean peers(List<Peer> now) {
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
        hashes = peers.stream()
                .mapToLong(peer -> RendezvousHash.hash(peer.node()))
                .toArray();
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
    public boolean hasOwnNews() {
        boolean news = ownNews;
        ownNews = false;
        return news;
    }

    /** Whether nearly all jobs that are due have somebody: else nodes are about to take them. */
    public boolean isSettled() {
        return free * UNSETTLED <= total;
    }

    private int[] held(String holder) {
        return held.computeIfAbsent(holder, key -> new int[1]);
    }

    /**
     * Counts the job as what it is now.
     *
     * @param holder the node that the job counts toward: it runs the job, asks for it, or is about to take it over
     * @param labels what the job asks for
     * @param due whether the job should be running, though nobody runs it
     */
    public void count(Stake stake, @Nullable String holder, Set<String> labels, boolean due) {
        if (!stake.isShared) {
            return;
        }
        boolean wasFree = stake.isFree();
        Set<String> wants = holder == null && !due ? null : labels;
        if (!Objects.equals(stake.holder, holder)) {
            if (stake.holder != null) {
                held(stake.holder)[0]--;
            }
            if (holder != null) {
                held(holder)[0]++;
            }
            stake.holder = holder;
            full = null;
        }
        if (!Objects.equals(stake.wanted, wants)) {
            if (stake.wanted != null) {
                total--;
                wanted.merge(stake.wanted, -1, (old, less) -> old + less == 0 ? null : old + less);
            }
            if (wants != null) {
                total++;
                wanted.merge(wants, 1, Integer::sum);
            }
            stake.wanted = wants;
            shares = null;
            full = null;
        }
        free += (stake.isFree() ? 1 : 0) - (wasFree ? 1 : 0);
    }

    /** Whether this node may run a job that asks for these labels. */
    public boolean mayRun(Set<String> has) {
        return here < 0 || peers.get(here).mayRun(has);
    }

    /** Whether another node may run a job that asks for these labels. */
    public boolean mayRunElsewhere(Set<String> has) {
        return able(has).size() > 0;
    }

    /** Why no node may run a job that asks for these labels; {@code null} if one may. */
    public @Nullable Reason refusal(Set<String> has) {
        if (peers.isEmpty() || (here >= 0 && mayRun(has)) || mayRunElsewhere(has)) {
            return null;
        }
        boolean exists = peers.stream().anyMatch(peer -> peer.labels().containsAll(has));
        return exists ? Placement.drained(has) : Placement.nobodyHas(has);
    }

    /**
     * How long this node waits before it takes the job, in seconds; for ever if it may not run it.
     *
     * @param holder the node that has the claim and gives it away; empty: nobody has it
     * @param step how much longer each node waits than the one before it
     */
    public double delay(Stake stake, Set<String> has, String holder, double step) {
        if (!stake.isShared) {
            return 0;
        }
        if (!mayRun(has)) {
            return Double.POSITIVE_INFINITY;
        }
        // Who has it already gives it away.
        PeerSet others = able(has).without(indices.getOrDefault(holder, -1));
        boolean mine = here >= 0 && isFull(here);
        int notFull = mine ? others.and(full(), false).size() : 0;
        int before = others.and(full(), mine).and(ahead(stake), true).size();
        double behind = mine && notFull > 0 ? FULL : 0;
        return behind + step * Math.min(before + notFull, LONGEST_QUEUE);
    }

    /** How long this node waits before it writes down why the job does not run, in seconds. */
    public double noteDelay(Stake stake) {
        return stake.isShared ? Pace.STEP * Math.min(ahead(stake).size(), LONGEST_QUEUE) : 0;
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

    /** The peers that come before this node for the job. */
    private PeerSet ahead(Stake stake) {
        PeerSet known = stake.ahead;
        if (known != null && order == stake.aheadIn) {
            return known;
        }
        PeerSet ahead = new PeerSet(peers.size());
        double mine = score(stake, here);
        for (int i = 0; i < peers.size(); i++) {
            double other = i == here ? mine : score(stake, i);
            if (i != here
                    && (other > mine || (other == mine && peers.get(i).node().compareTo(node) < 0))) {
                ahead.add(i);
            }
        }
        stake.ahead = ahead;
        stake.aheadIn = order;
        return ahead;
    }

    /** How many scores were worked out so far: that is the work of finding whose turn it is. */
    public long scores() {
        return scores;
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

    /** The score for a job of the peer with this index; −1: of this node. */
    private double score(Stake stake, int peer) {
        scores++;
        long hash = peer < 0 ? RendezvousHash.hash(node) : hashes[peer];
        return alike || peer < 0
                ? RendezvousHash.score(stake.hash, hash)
                : RendezvousHash.score(stake.hash, hash, peers.get(peer).capacity());
    }

    private double[] shares() {
        if (shares == null) {
            shares = WaterFilling.shares(peers, wanted);
            most = Arrays.stream(shares).mapToInt(WaterFilling::most).toArray();
        }
        return shares;
    }

    /** The score of this node for the job: of what must go, that with the lowest score goes first. */
    public double score(Stake stake) {
        return score(stake, here);
    }

    /** How many jobs this node should give away, since others have less than their share. */
    public int excess() {
        if (here < 0 || peers.size() < 2) {
            return 0;
        }
        double share = shares()[here];
        double pinned = peers.get(here).pinned();
        int mine = heldByPeer[here][0];
        return mine + pinned > TOLERANCE * (share + pinned) ? Math.max(0, mine - WaterFilling.most(share)) : 0;
    }

    /** Whether another node may run such a job, and has less than its share. */
    public boolean isWantedElsewhere(Set<String> has) {
        return able(has).and(full(), false).size() > 0;
    }
}
