package distkv.runner.job;

import distkv.runner.balance.Rebalancer;
import distkv.schema.code.Mode;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.Comparator;
import java.util.List;

/**
 * Gives jobs for any node away when {@link Rebalancer} says so. Only async code is moved that is there to stay: its run is
 * well, so that it has been set up and can be again, or its job asks for handovers. What does something once is left to
 * end. Used by the decision thread only.
 */
final class Balancer {
    private final Desk desk;
    private final Running running;
    private final Handover handover;
    private final Rebalancer rebalancer;

    Balancer(Desk desk, Running running, Handover handover) {
        this.desk = desk;
        this.running = running;
        this.handover = handover;
        this.rebalancer = new Rebalancer(desk.share);
    }

    /** Nodes have come or gone, or may run other jobs than before. */
    void peersChanged() {
        rebalancer.peersChanged(desk.now());
    }

    /** The clock was set back: looks at all anew. */
    void setBack() {
        rebalancer.setBack();
    }

    /** Ends runs that others are to take over; returns when to call again at the latest. */
    double run() {
        if (!desk.open || desk.closing) {
            rebalancer.pause();
            return Double.POSITIVE_INFINITY;
        }
        Rebalancer.Moves moves = rebalancer.moves(desk.now(), this::leaving);
        if (moves.count() > 0) {
            candidates().stream().limit(moves.count()).forEach(this::giveAway);
        }
        return moves.next();
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
            leaving += leaves && job.stake.isHeldBy(desk.node) ? 1 : 0;
        }
        return leaving;
    }

    /** The runs that may move, first those for which this node has the lowest score. */
    private List<Job> candidates() {
        return running.all().stream()
                .filter(this::mayMove)
                .sorted(Comparator.comparingDouble(job -> desk.share.score(job.stake)))
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
