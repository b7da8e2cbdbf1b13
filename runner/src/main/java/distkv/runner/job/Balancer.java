package distkv.runner.job;

import distkv.runner.code.Mode;
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
    /** How often to look, in seconds. */
    private static final double LOOK = 0.1;

    private final Desk desk;
    private final Running running;
    private final Handover handover;
    private double since = Double.POSITIVE_INFINITY;
    private double looked = Double.NEGATIVE_INFINITY;

    Balancer(Desk desk, Running running, Handover handover) {
        this.desk = desk;
        this.running = running;
        this.handover = handover;
    }

    /** The clock was set back: looks at all anew. */
    void setBack() {
        since = Double.POSITIVE_INFINITY;
        looked = Double.NEGATIVE_INFINITY;
    }

    /** Ends runs that others are to take over; returns when to call again at the latest. */
    double run() {
        double now = desk.now();
        if (!desk.open || desk.closing) {
            since = Double.POSITIVE_INFINITY;
            return Double.POSITIVE_INFINITY;
        }
        if (now < looked + LOOK) {
            return looked + LOOK;
        }
        looked = now;
        int most = desk.share.excess();
        int excess = most > 0 ? most - leaving() : 0;
        if (excess <= 0) {
            since = Double.POSITIVE_INFINITY;
            return Double.POSITIVE_INFINITY;
        }
        since = Math.min(since, now);
        if (now < since + SETTLE) {
            return since + SETTLE;
        }
        since = Double.POSITIVE_INFINITY;
        candidates().stream().limit(excess).forEach(this::giveAway);
        return now + LOOK;
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
