package distkv.runner.balance;

import java.util.function.IntSupplier;

/**
 * When a node that has clearly more than its share gives jobs away, and how many at once: after nodes have joined, or came
 * back from being drained. Which of its runs may move the caller knows.
 */
public final class Rebalancer {
    /** For how long there must be too many jobs here, in seconds: what ends by itself in the meantime need not move. */
    private static final double SETTLE = 1;
    /** For how long no node must have come or gone, in seconds. */
    private static final double QUIET = 2;
    /** After so long, in seconds, runs are given away even in a group that does not settle. */
    private static final double AT_LAST = 30;
    /** How many runs are on their way from this node to others at most. */
    private static final int AT_ONCE = 20;
    /** How often to look, in seconds. */
    private static final double LOOK = 0.1;

    /** A group forms while nodes come with no more than this between two of them, in seconds. */
    private static final double FORMING = 1;
    /** After so long, in seconds, jobs are taken all the same. */
    private static final double LONGEST_FORMING = 5;
    /** It forms if at least this part of its nodes has just come. */
    private static final double GROWTH = 0.5;

    private final FairShare share;
    /** Since when there are too many jobs here, whether or not the group is settled. */
    private double tooMany = Double.POSITIVE_INFINITY;
    /** The same while it is settled. */
    private double since = Double.POSITIVE_INFINITY;

    private double changedAt = Double.NEGATIVE_INFINITY;
    /** When the group began to form, when a node has come last, and how many there were before and are now. */
    private double formingSince = Double.NEGATIVE_INFINITY;

    private double grewAt = Double.NEGATIVE_INFINITY;
    private int before;
    private int nodes;
    private double looked = Double.NEGATIVE_INFINITY;

    /**
     * What to do now.
     *
     * @param count how many runs to give away
     * @param next when to ask again at the latest
     */
    public record Moves(int count, double next) {
        private static Moves none(double next) {
            return new Moves(0, next);
        }
    }

    /** One that decides by these shares. */
    public Rebalancer(FairShare share) {
        this.share = share;
    }

    /** Nodes have come or gone, or may run other jobs than before. */
    public void peersChanged(double now) {
        changedAt = now;
        int count = share.nodes();
        if (count > nodes) {
            if (!(now >= grewAt && now < grewAt + FORMING)) {
                formingSince = now;
                before = nodes;
            }
            grewAt = now;
        }
        nodes = count;
    }

    /**
     * From when this node's turns count, which is not before it: while nodes come one after another each takes no more than
     * a quarter of its share, for those that are about to come. Else all jobs that are due would begin on the first nodes, and most
     * of them would have to move. Jobs that have waited are shared out anew for each node that comes.
     *
     * @param since since when there is something to do
     */
    public double turnsFrom(double since, double now) {
        boolean grows = nodes > 1 && nodes - before >= GROWTH * nodes && now >= grewAt;
        if (!grows) {
            return since;
        }
        double calm = Math.min(grewAt + FORMING, formingSince + LONGEST_FORMING);
        return Math.max(since, now >= calm || share.hasQuarter() ? calm : grewAt);
    }

    /** The clock was set back: looks at all anew. */
    public void setBack() {
        pause();
        looked = Double.NEGATIVE_INFINITY;
        changedAt = Double.NEGATIVE_INFINITY;
        grewAt = Double.NEGATIVE_INFINITY;
    }

    /** Nothing can be given away at the moment: time begins anew once it can. */
    public void pause() {
        since = Double.POSITIVE_INFINITY;
        tooMany = Double.POSITIVE_INFINITY;
    }

    /**
     * How many runs to give away now.
     *
     * @param leaving counts those that count as this node's, and are about to leave it
     */
    public Moves moves(double now, IntSupplier leaving) {
        if (now >= looked && now < looked + LOOK) {
            return Moves.none(looked + LOOK);
        }
        looked = now;
        int excess = share.excess();
        int left = excess > 0 ? leaving.getAsInt() : 0;
        if (excess <= left) {
            pause();
            return Moves.none(Double.POSITIVE_INFINITY);
        }
        tooMany = Math.min(tooMany, now);
        if (!isSettled(now) && now < tooMany + AT_LAST) {
            since = Double.POSITIVE_INFINITY;
            return Moves.none(now + LOOK);
        }
        since = Math.min(since, now);
        if (now < since + SETTLE) {
            return Moves.none(since + SETTLE);
        }
        return new Moves(Math.clamp(AT_ONCE - left, 0, excess - left), now + LOOK);
    }

    /** Whether nodes have stopped coming and going, and nearly all jobs have somebody. */
    private boolean isSettled(double now) {
        return !(now >= changedAt && now < changedAt + QUIET) && share.isSettled();
    }
}
