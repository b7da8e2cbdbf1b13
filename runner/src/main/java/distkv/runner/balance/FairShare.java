package distkv.runner.balance;

import distkv.model.Path;
import distkv.runner.group.Peer;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Placement;
import distkv.schema.job.Reason;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has how many of the jobs that any node may run, who should have how many, and so when it is this node's turn to
 * take one, or how many it should give away. A change of a job or of a node costs what it changes, however many others
 * there are.
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
    /** The shares of so many nodes are worked out anew whenever something has changed. */
    private static final int EXACT = 64;
    /**
     * Those of more nodes only when so much has changed that they may be wrong by one job in so many, and when they have
     * to be exact. So a change costs the same however many nodes there are.
     */
    private static final int PRECISION = 8;
    /** So many sets of labels are remembered that no job asks for. */
    private static final int LABEL_SETS = 256;

    /** Jobs that ask for the same labels. */
    static final class Demand {
        final Set<String> labels;
        /** The other nodes that may run them. */
        final BitSet able = new BitSet();
        /** How many of them run or are due. */
        int jobs;

        private Demand(Set<String> labels) {
            this.labels = labels;
        }

        private void put(Nodes.NumberedNode node) {
            able.set(node.number, node.number != Nodes.HERE && node.peer != null && node.peer.mayRun(labels));
        }
    }

    private final Nodes nodes;
    private final Map<Set<String>, Demand> demands = new HashMap<>();
    /** What jobs ask for because of the nodes that do not accept them. */
    private final Map<Path, Set<String>> refused = new HashMap<>();
    /** The jobs about which nodes have changed their minds. */
    private final Set<Path> reconsidered = new LinkedHashSet<>();
    /** Those of the nodes that have less than their share. */
    private final BitSet open = new BitSet();
    /** Those that were chosen last; kept only to be used again. */
    private final BitSet chosen = new BitSet();
    /** How many jobs this node should have. */
    private double ownShare;
    /** What each node should have at most, while that is the same for all of them; else −1. */
    private int even = -1;
    /** How much has changed since the shares were worked out. */
    private int changes;

    private long shared;
    private boolean ownNews;
    /** How many jobs run or are due, and how many of these nobody has. */
    private int total;

    private int free;

    /** What {@code node} knows of a group of which nothing is known yet. */
    public FairShare(String node) {
        this.nodes = new Nodes(node);
    }

    /** What is to be kept with that job and passed to the other methods. */
    public Stake stake(JobId job) {
        return job.kind() == Kind.ANY ? new Stake(RendezvousHash.checksum(job.path())) : Stake.PINNED;
    }

    /** This is now known of a node, {@code null}: it is gone; returns whether it may run other jobs than before. */
    public boolean peer(String name, @Nullable Peer now) {
        Nodes.NumberedNode node = nodes.named(name);
        Peer before = node.peer;
        if (Objects.equals(before, now)) {
            nodes.forget(node);
            return false;
        }
        if (node.number != Nodes.HERE) {
            refuses(name, before == null ? Set.of() : before.refuses(), now == null ? Set.of() : now.refuses());
        }
        boolean news = before == null
                || now == null
                || before.drained() != now.drained()
                || !before.labels().equals(now.labels());
        nodes.put(node, now);
        if (before == null) {
            // Until the shares are worked out.
            node.most = Integer.MAX_VALUE;
        }
        if (news) {
            even = -1;
            demands.values().forEach(demand -> demand.put(node));
            ownNews |= node.number == Nodes.HERE;
        }
        reopen(node);
        // Who comes or goes changes what all others should have; all nodes should see that at once.
        changes += news ? 1 + nodes.present() / PRECISION : 1;
        nodes.forget(node);
        return news;
    }

    private void refuses(String node, Set<Path> before, Set<Path> now) {
        if (before.equals(now)) {
            return;
        }
        for (Path job : before) {
            refuse(node, job, now.contains(job));
        }
        for (Path job : now) {
            refuse(node, job, true);
        }
    }

    private void refuse(String node, Path job, boolean refuses) {
        Set<String> asks = new HashSet<>(refused.getOrDefault(job, Set.of()));
        if (refuses ? asks.add(Peer.not(node)) : asks.remove(Peer.not(node))) {
            reconsidered.add(job);
            if (asks.isEmpty()) {
                refused.remove(job);
            } else {
                refused.put(job, Set.copyOf(asks));
            }
        }
    }

    /** This node does not accept a job for any node, or does again. */
    public void refuse(Path job, boolean refuses) {
        refuse(nodes.here().name, job, refuses);
        reconsidered.remove(job);
    }

    /** What a job for any node asks for besides its labels, since nodes do not accept it. */
    public Set<String> refused(Path job) {
        return refused.getOrDefault(job, Set.of());
    }

    /** The jobs about which other nodes have changed their minds since this was asked last. */
    public Set<Path> reconsidered() {
        if (reconsidered.isEmpty()) {
            return Set.of();
        }
        Set<Path> jobs = Set.copyOf(reconsidered);
        reconsidered.clear();
        return jobs;
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

    /**
     * Counts the job as what it is now.
     *
     * @param holder the node that the job counts toward: it runs the job, asks for it, or is about to take it over
     * @param labels what the job asks for
     * @param due whether the job should be running, though nobody runs it
     */
    public void count(Stake stake, @Nullable String holder, Set<String> labels, boolean due) {
        if (!stake.isShared()) {
            return;
        }
        boolean wasFree = stake.isFree();
        hold(stake, holder);
        want(stake, holder == null && !due ? null : labels);
        free += (stake.isFree() ? 1 : 0) - (wasFree ? 1 : 0);
    }

    private void hold(Stake stake, @Nullable String holder) {
        Nodes.NumberedNode before = stake.holder;
        if (before == null ? holder == null : before.name.equals(holder)) {
            return;
        }
        if (before != null) {
            before.held--;
            reopen(before);
            nodes.forget(before);
        }
        Nodes.NumberedNode now = holder == null ? null : nodes.named(holder);
        if (now != null) {
            now.held++;
            reopen(now);
        }
        stake.holder = now;
    }

    private void want(Stake stake, @Nullable Set<String> labels) {
        Demand before = stake.wanted;
        if (before == null ? labels == null : before.labels.equals(labels)) {
            return;
        }
        if (before != null) {
            total--;
            before.jobs--;
        }
        Demand now = labels == null ? null : demand(labels);
        if (now != null) {
            total++;
            now.jobs++;
        }
        stake.wanted = now;
        changes++;
    }

    private Demand demand(Set<String> labels) {
        Demand known = demands.get(labels);
        if (known == null) {
            if (demands.size() > LABEL_SETS) {
                demands.values().removeIf(demand -> demand.jobs == 0);
            }
            known = new Demand(labels);
            demands.put(labels, known);
            for (Nodes.NumberedNode node : nodes.all()) {
                known.put(node);
            }
        }
        return known;
    }

    private void reopen(Nodes.NumberedNode node) {
        boolean opens = node.peer != null && node.held < node.most;
        if (open.get(node.number) != opens) {
            open.set(node.number, opens);
        }
    }

    /** Whether this node may run a job that asks for these labels. */
    public boolean mayRun(Set<String> has) {
        Peer here = nodes.here().peer;
        return here == null ? !has.contains(Peer.not(nodes.here().name)) : here.mayRun(has);
    }

    /** Whether another node may run a job that asks for these labels. */
    public boolean mayRunElsewhere(Set<String> has) {
        return !demand(has).able.isEmpty();
    }

    /** Why no node may run a job that asks for these labels; {@code null} if one may. */
    public @Nullable Reason refusal(Set<String> has) {
        Peer here = nodes.here().peer;
        if (nodes.present() == 0 || (here != null && here.mayRun(has)) || mayRunElsewhere(has)) {
            return null;
        }
        Set<String> labels = Peer.labels(has);
        boolean anyHas = false;
        for (Nodes.NumberedNode node : nodes.all()) {
            if (node.peer != null && node.peer.hasAll(has)) {
                if (node.peer.accepts(has)) {
                    return Placement.drained(labels);
                }
                anyHas = true;
            }
        }
        return anyHas ? Placement.nobodyAccepts(labels) : Placement.nobodyHas(labels);
    }

    /**
     * How long this node waits before it takes the job, in seconds; for ever if it may not run it.
     *
     * @param holder the node that has the claim and gives it away; empty: nobody has it
     * @param step how much longer each node waits than the one before it
     */
    public double delay(Stake stake, Set<String> has, String holder, double step) {
        if (!stake.isShared()) {
            return 0;
        }
        if (!mayRun(has)) {
            return Double.POSITIVE_INFINITY;
        }
        refresh(false);
        Nodes.NumberedNode giver = nodes.find(holder);
        BitSet able = demand(has).able;
        if (nodes.here().peer == null || open.get(Nodes.HERE)) {
            return step * before(stake, able, true, giver);
        }
        // Those that have less than their share come first, whatever their scores.
        int wanting = chosen(able, true, giver).cardinality();
        int before = wanting < LONGEST_QUEUE ? wanting + before(stake, able, false, giver) : wanting;
        return (wanting > 0 ? FULL : 0) + step * Math.min(before, LONGEST_QUEUE);
    }

    /** How long this node waits before it writes down why the job does not run, in seconds. */
    public double noteDelay(Stake stake) {
        return stake.isShared()
                ? Pace.STEP * nodes.before(RendezvousHash.key(stake.hash), nodes.others, LONGEST_QUEUE)
                : 0;
    }

    /** How many nodes come before this one for the job, of those that are open, or of those that are not. */
    private int before(Stake stake, BitSet able, boolean whichAreOpen, Nodes.@Nullable NumberedNode giver) {
        return nodes.before(RendezvousHash.key(stake.hash), chosen(able, whichAreOpen, giver), LONGEST_QUEUE);
    }

    private BitSet chosen(BitSet able, boolean whichAreOpen, Nodes.@Nullable NumberedNode giver) {
        chosen.clear();
        chosen.or(able);
        if (whichAreOpen) {
            chosen.and(open);
        } else {
            chosen.andNot(open);
        }
        if (giver != null) {
            chosen.clear(giver.number);
        }
        return chosen;
    }

    /** The score of this node for the job: of what must go, that with the lowest score goes first. */
    public double score(Stake stake) {
        return nodes.score(RendezvousHash.key(stake.hash), Nodes.HERE);
    }

    /** Works the shares out anew, if that is due, or in any case if they are to be exact. */
    private void refresh(boolean exactly) {
        boolean off = changes * PRECISION >= nodes.present();
        if (changes > 0 && (exactly || off || nodes.present() <= EXACT)) {
            share();
        }
    }

    private void share() {
        Demand only = onlyDemand();
        if (only != null && nodes.areEqual() && allMayRun(only)) {
            shareEvenly((double) only.jobs / nodes.present());
        } else {
            shareByWeight();
        }
        changes = 0;
    }

    /** The one set of labels that jobs ask for; {@code null}: there are more, or none. */
    private @Nullable Demand onlyDemand() {
        Demand only = null;
        for (Demand demand : demands.values()) {
            if (demand.jobs > 0) {
                if (only != null) {
                    return null;
                }
                only = demand;
            }
        }
        return only;
    }

    private boolean allMayRun(Demand demand) {
        Peer here = nodes.here().peer;
        int able = demand.able.cardinality() + (here != null && here.mayRun(demand.labels) ? 1 : 0);
        return able == nodes.present() && able > 0;
    }

    /** One job more or less changes what all nodes should have at most only once for as many jobs as there are nodes. */
    private void shareEvenly(double each) {
        int most = WaterFilling.most(each);
        if (most != even) {
            for (Nodes.NumberedNode node : nodes.all()) {
                node.most = most;
                reopen(node);
            }
            shared += nodes.present();
            even = most;
        }
        ownShare = each;
    }

    private void shareByWeight() {
        Nodes.NumberedNode[] all = nodes.all();
        List<Peer> peers = new ArrayList<>(all.length);
        for (Nodes.NumberedNode node : all) {
            peers.add(Objects.requireNonNull(node.peer));
        }
        Map<Set<String>, Integer> wanted = new HashMap<>();
        demands.forEach((labels, demand) -> wanted.put(labels, demand.jobs));
        double[] shares = WaterFilling.shares(peers, wanted);
        for (int i = 0; i < all.length; i++) {
            all[i].most = WaterFilling.most(shares[i]);
            reopen(all[i]);
        }
        ownShare = nodes.here().peer == null ? 0 : shares[0];
        shared += all.length;
        even = -1;
    }

    /** How many jobs this node should give away, since others have less than their share. */
    public int excess() {
        Nodes.NumberedNode here = nodes.here();
        if (here.peer == null || nodes.present() < 2) {
            return 0;
        }
        refresh(true);
        double pinned = here.peer.pinned();
        return here.held + pinned > TOLERANCE * (ownShare + pinned) ? Math.max(0, here.held - here.most) : 0;
    }

    /** How many nodes there are. */
    int nodes() {
        return nodes.present();
    }

    /** Whether this node has a quarter of its share, or more. */
    boolean hasQuarter() {
        refresh(false);
        return 4L * nodes.here().held >= nodes.here().most;
    }

    /** Whether another node may run such a job, and has less than its share. */
    public boolean isWantedElsewhere(Set<String> has) {
        return open.intersects(demand(has).able);
    }

    /**
     * The work so far.
     *
     * @param scores of a node for a job
     * @param shares of a node
     */
    public record Work(long scores, long shares) {}

    /** How much was worked out so far. */
    public Work work() {
        return new Work(nodes.scores(), shared);
    }
}
