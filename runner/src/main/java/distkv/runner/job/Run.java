package distkv.runner.job;

import org.jspecify.annotations.Nullable;

/** One execution of a job on this node. Used by the decision thread only. */
final class Run {
    final long number;
    final Attempt attempt;
    /** The write that made its claim: the fencing token. */
    final long claim;

    /** The state that tells of this run, and the write that made it. */
    StateEntry state;

    long stateTick;

    /** Whether its start had been refused before, which is an error that it mends. */
    final boolean refusedBefore;

    /** Why it was told to end; {@code null} while it was not. */
    @Nullable
    Stop stop;

    /** When its worker is to be killed because it did not end. */
    double killAt = Double.POSITIVE_INFINITY;

    /** When it counts as well, by its job's {@code ok_after}. */
    double wellAt = Double.POSITIVE_INFINITY;

    Run(long number, Job.Claiming claiming, long claim, long stateTick) {
        this.number = number;
        this.attempt = claiming.attempt();
        this.refusedBefore = claiming.refusedBefore();
        this.claim = claim;
        this.state = claiming.state();
        this.stateTick = stateTick;
    }
}
