package distkv.runner.lifecycle;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Ended;
import distkv.runner.worker.RunEvent;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.StateEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One execution of a job on this node, from its claim to the record of its end. */
final class Run {
    final long number;
    /** Whether it goes on when the claim may have ended because the server cannot be reached. */
    final boolean outlivesClaim;
    /** Whether its start had been refused before, which is an error that it mends. */
    final boolean refusedBefore;
    /** What it was started with, and what it has used since. */
    Attempt attempt;

    /** Its claim, with the write that made it: the fencing token. */
    Guard claim;

    /** The state that tells of this run. */
    StateEntry state;

    private StateEntry begun;

    /** While it is on standby; {@code null}: it is not. */
    @Nullable
    Standby standby;

    /** Whether it waits for its worker, and counts as such; a run in Java does not. */
    boolean isAwaited;

    /** Whether it has said that it is set up, or has lasted for its job's {@code ok_after}: it is there to stay. */
    boolean isSetUp;

    /** When it counts as set up, by its job's {@code ok_after}. */
    double setUpAt = Double.POSITIVE_INFINITY;

    /** Whether it was ever offered, so that a claim of somebody else's means that it was handed over. */
    boolean wasOffered;

    /** Until when it is not moved for the sake of balance: nobody took it when it was offered. */
    double staysUntil;

    /**
     * A run on standby: what it waits for, and how far it is.
     *
     * @param from the claim that it is to take over
     * @param setupDone what it said when it was set up, and so ready to take over; {@code null} while it is not
     * @param swap the commit that takes over, while that is under way
     */
    record Standby(
            long from,
            RunEvent.@Nullable SetupDone setupDone,
            @Nullable Swap swap) {}

    /**
     * The commit that gives a run on standby the claim.
     *
     * @param state what it writes as the job's state
     * @param holder who has the claim; empty: nobody
     * @param tellsSetupDone whether it also writes that the run is set up
     * @param news how much news of the job there had been
     */
    record Swap(StateEntry state, String holder, boolean tellsSetupDone, int news) {}

    Run(long number, boolean outlivesClaim, Phase.Claiming claiming, Guard claim) {
        this.number = number;
        this.outlivesClaim = outlivesClaim;
        this.refusedBefore = claiming.refusedBefore();
        this.attempt = claiming.attempt();
        this.claim = claim;
        this.state = claiming.state();
        this.begun = claiming.state();
        this.standby = claiming.isStandby() ? new Standby(claiming.from(), null, null) : null;
    }

    boolean isStandby() {
        return standby != null;
    }

    /** Whether the commit that ends its standby is under way. */
    boolean isTakingOver() {
        return standby != null && standby.swap() != null;
    }

    /** It is on standby no more: this is its claim, and the state that tells of it. */
    void tookOver(Guard newClaim, StateEntry newState) {
        standby = null;
        claim = newClaim;
        state = newState;
        begun = newState;
    }

    /** The clock was set back by so much: what is planned for a run is so much earlier. */
    void setBack(double by) {
        setUpAt -= by;
        staysUntil -= staysUntil == 0 ? 0 : by;
    }

    /** The record of a failure of this run, or of something that it uses. */
    ErrorReport.Failed report(
            String subsystem, Path about, int severity, @Nullable String comment, Ended.Failed failure) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("code", attempt.procedure().path());
        if (failure.line() != null) {
            data.put("line", failure.line());
        }
        data.putAll(attempt.job().data());
        data.putAll(failure.data());
        return new ErrorReport.Failed(
                subsystem,
                about,
                severity,
                failure.description(),
                comment == null ? failure.exception() : comment,
                failure.message(),
                failure.type(),
                null,
                failure.trace(),
                data);
    }

    /** Whether a state that is in the tree still tells of this run. Any thread may ask. */
    boolean isToldBy(Value stored) {
        StateEntry there = StateEntry.read(stored);
        return begun.started() == there.started() && Objects.equals(begun.node(), there.node());
    }
}
