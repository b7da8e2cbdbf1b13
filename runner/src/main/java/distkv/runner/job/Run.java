package distkv.runner.job;

import distkv.model.Value;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One execution of a job on this node. Used by the decision thread only. */
final class Run {
    final long number;
    /** What it was started with, and what it has used since. */
    Attempt attempt;

    /** The write that made its claim: the fencing token. */
    final long claim;

    /** Whether it goes on when the claim may have ended because the server cannot be reached. */
    final boolean outlivesClaim;

    /** The state that tells of this run. */
    StateEntry state;

    private final StateEntry begun;

    /** The state that is recorded of its end; {@code null} if that is deleted, as its job is. */
    @Nullable
    StateEntry last;

    /** Whether its start had been refused before, which is an error that it mends. */
    final boolean refusedBefore;

    /** Why it was told to end; {@code null} while it was not. */
    @Nullable
    Stop stop;

    /** When its worker is to be killed because it did not end. */
    double killAt = Double.POSITIVE_INFINITY;

    /** When it counts as well, by its job's {@code ok_after}. */
    double wellAt = Double.POSITIVE_INFINITY;

    Run(long number, Kind kind, Job.Claiming claiming, long claim) {
        this.number = number;
        this.outlivesClaim = kind.outlivesClaim(claiming.attempt().job());
        this.attempt = claiming.attempt();
        this.refusedBefore = claiming.refusedBefore();
        this.claim = claim;
        this.state = claiming.state();
        this.begun = claiming.state();
    }

    /** Whether a state that is in the tree still tells of this run. Any thread may ask. */
    boolean isToldBy(Value stored) {
        StateEntry state = StateEntry.read(stored);
        return begun.started() == state.started() && Objects.equals(begun.node(), state.node());
    }
}
