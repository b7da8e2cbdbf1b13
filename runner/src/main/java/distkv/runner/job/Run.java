package distkv.runner.job;

import distkv.model.Guard;
import distkv.model.Value;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One execution of a job on this node. Used by the decision thread only. */
final class Run {
    final long number;
    /** What it was started with, and what it has used since. */
    Attempt attempt;

    /** Its claim, with the write that made it: the fencing token. */
    Guard claim;

    /** While it is on standby; {@code null}: it is not. */
    @Nullable
    Standby standby;

    /** Until when other nodes are asked to take it over; 0: they are not. */
    double offeredUntil;

    /** Whether it goes on when the claim may have ended because the server cannot be reached. */
    final boolean outlivesClaim;

    /** The state that tells of this run. */
    StateEntry state;

    private StateEntry begun;

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

    /** Whether it has been. */
    boolean killed;

    /** Whether it waits for its worker, and counts as such. */
    boolean isStarting;

    /** Whether it has said that it is set up, or has lasted for its job's {@code ok_after}: it is there to stay. */
    boolean isWell;

    /** When it counts as well, by its job's {@code ok_after}. */
    double wellAt = Double.POSITIVE_INFINITY;

    /** Until when it is, should nobody stand by. */
    double vacantUntil = Double.POSITIVE_INFINITY;

    /** Whether it is offered since it may not stay here. */
    boolean mustLeave;

    /** Until when it is not moved for the sake of balance: nobody took it when it was offered. */
    double staysUntil;

    Run(long number, Kind kind, Job.Claiming claiming, Guard claim) {
        this.number = number;
        this.outlivesClaim = kind.outlivesClaim(claiming.attempt().job());
        this.attempt = claiming.attempt();
        this.refusedBefore = claiming.refusedBefore();
        this.claim = claim;
        this.state = claiming.state();
        this.begun = claiming.state();
        this.standby = claiming.isStandby() ? new Standby(claiming.from()) : null;
    }

    /** The clock was set back by so much: what is planned for a run is so much earlier. */
    void setBack(double by) {
        killAt -= by;
        wellAt -= by;
        offeredUntil -= offeredUntil == 0 ? 0 : by;
        vacantUntil -= by;
        staysUntil -= staysUntil == 0 ? 0 : by;
    }

    /** When to look at it again, while it goes on; if it is on standby, also when it may try again to take over. */
    double next(double hold) {
        double next = isOffered() ? Math.min(wellAt, Math.min(offeredUntil, vacantUntil)) : wellAt;
        return isStandby() ? Math.min(next, hold) : next;
    }

    /** Whether it is or has been offered, so that a claim of somebody else's means that it was handed over. */
    boolean wasOffered() {
        return offeredUntil > 0 || staysUntil > 0;
    }

    /** Whether nobody takes it: nobody stands by, or that takes too long. */
    boolean isOfferedInVain(double now) {
        return now >= Math.min(offeredUntil, vacantUntil);
    }

    boolean isOffered() {
        return offeredUntil > 0;
    }

    boolean isStandby() {
        return standby != null;
    }

    /** Whether the commit that ends its standby is under way. */
    boolean isTakingOver() {
        return standby != null && standby.swapping != null;
    }

    /** It is on standby no more: this is its claim, and the state that tells of it. */
    void tookOver(Guard newClaim, StateEntry newState) {
        standby = null;
        claim = newClaim;
        state = newState;
        begun = newState;
    }

    /** Whether a state that is in the tree still tells of this run. Any thread may ask. */
    boolean isToldBy(Value stored) {
        StateEntry state = StateEntry.read(stored);
        return begun.started() == state.started() && Objects.equals(begun.node(), state.node());
    }
}
