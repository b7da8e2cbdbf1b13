package distkv.runner.job;

import distkv.schema.code.Mode;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.Comparator;
import java.util.List;

/**
 * Gives jobs for any node away when this node has clearly more than its share and others have less: after nodes have
 * joined, or came back from being drained. Only async code is moved that is there to stay: its run is well, so that it
 * has been set up and can be again, or its job asks for handovers. What does something once is left to end. Used by the
 * decision thread only.
 */
final class Balancer {
    /** For how long there must be too many jobs here, in seconds: what ends by itself in the meantime need not move. */
    static final double SETTLE = 1;
    /** For how long no node must have come or gone, in seconds. */
    private static final double QUIET = 2;
    /** After so long, in seconds, runs are given away even in a group that does not settle. */
    private static final double AT_LAST = 30;
    /** How many runs are on their way from this node to others at most. */
    private static final int AT_ONCE = 20;
    /** How often to look, in seconds. */
    private static final double LOOK = 0.1;

    private final Desk desk;
    private final Running running;
    private final Handover handover;
    /** Since when there are too many jobs here, whether or not the group is settled. */
    private double tooMany = Double.POSITIVE_INFINITY;
    /** The same while it is settled. */
    private double since = Double.POSITIVE_INFINITY;

    private double changedAt = Double.NEGATIVE_INFINITY;
    private double looked = Double.NEGATIVE_INFINITY;

    Balancer(Desk desk, Running running, Handover handover) {
        this.desk = desk;
        this.running = running;
        this.handover = handover;
    }

    /** Nodes have come or gone, or may run other jobs than before. */
    void peersChanged() {
        changedAt = desk.now();
    }

    /** Whether nodes have stopped coming and going, and nearly all jobs have somebody. */
    private boolean isSettled(double now) {
        return !(now >= changedAt && now < changedAt + QUIET) && desk.share.isSettled();
    }

    /** The clock was set back: looks at all anew. */
    void setBack() {
        enough();
        looked = Double.NEGATIVE_INFINITY;
        changedAt = Double.NEGATIVE_INFINITY;
    }

    /** Ends runs that others are to take over; returns when to call again at the latest. */
    double run() {
        double now = desk.now();
        if (!desk.open || desk.closing) {
            enough();
            return Double.POSITIVE_INFINITY;
        }
        if (now >= looked && now < looked + LOOK) {
            return looked + LOOK;
        }
        looked = now;
        int most = desk.share.excess();
        int leaving = most > 0 ? leaving() : 0;
        if (most <= leaving) {
            enough();
            return Double.POSITIVE_INFINITY;
        }
        tooMany = Math.min(tooMany, now);
        if (!isSettled(now) && now < tooMany + AT_LAST) {
            since = Double.POSITIVE_INFINITY;
            return now + LOOK;
        }
        since = Math.min(since, now);
        if (now < since + SETTLE) {
            return since + SETTLE;
        }
        candidates().stream()
                .limit(Math.clamp(AT_ONCE - leaving, 0, most - leaving))
                .forEach(this::giveAway);
        return now + LOOK;
    }

    private void enough() {
        since = Double.POSITIVE_INFINITY;
        tooMany = Double.POSITIVE_INFINITY;
    }

    private void giveAway(Job job) {
        if (job.run != null && !handover.offer(job, job.run)) {
            running.stop(job, Stop.MOVED, desk.now() + Running.GRACE);
        }
    }

    /** How many of the jobs that count as this node's are about to leave. */
    private int leaving() {
        int leaving = 0;
        for (Job job : running.all()) {
            Run run = job.run;
            boolean leaves = run != null && (run.stop != null || run.isOffered());
            leaving += leaves && desk.node.equals(job.counted.holder()) ? 1 : 0;
        }
        return leaving;
    }

    /** The runs that may move, first those that are drawn to this node the least. */
    private List<Job> candidates() {
        return running.all().stream()
                .filter(this::mayMove)
                .sorted(Comparator.comparingDouble(desk.share::draw))
                .toList();
    }

    private boolean mayMove(Job job) {
        return job.id.kind() == Kind.ANY
                && job.phase == Phase.RUNNING
                && job.run != null
                && !job.run.isStandby()
                && !job.run.isOffered()
                && desk.now() >= job.run.staysUntil
                && job.run.attempt.procedure().mode() == Mode.ASYNC
                && !job.id.isCall()
                && job.entry != null
                && (job.run.isWell || job.entry.placement().handover())
                && desk.share.isWantedElsewhere(job.entry.placement().has());
    }
}
