package distkv.runner.job;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.Turn;
import distkv.runner.worker.Ended;
import distkv.schema.BadEntry;
import distkv.schema.code.Language;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.JobId;
import distkv.schema.job.StateEntry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a runner knows of one job. Used by the decision thread only.
 *
 * <p>What this runner wrote itself is known from the reply, often before the feed brings it: of every entry the newest
 * tick counts.
 */
final class Job {
    final JobId id;
    final Path entryPath;
    final Path statePath;
    final Claim claim;
    /** The claim of a run that stands by to take over from the one that has {@link #claim}. */
    final Claim standby;

    /** The wish; {@code null} if there is none, or if it is {@link #bad}. */
    @Nullable
    JobEntry entry;

    /** What is wrong with the entry; {@code null} if nothing is. */
    @Nullable
    String bad;

    long entryTick;
    StateEntry state = StateEntry.NEW;
    boolean stateStored;
    long stateTick;
    /** The state that the feed brought last, {@code null} if there was none, and its tick. */
    private @Nullable StateEntry followed;

    private long stateFollowed;

    Phase phase = Phase.IDLE;

    @Nullable
    Run run;

    /** What this runner wants to run, and the state that says so, while it asks for the claim. */
    @Nullable
    Claiming claiming;

    /** The state that it is writing while {@link Phase#NOTING}; {@code null}: it deletes the state. */
    @Nullable
    StateEntry noting;

    /** The claim that this write also deletes, which is this runner's, though it runs nothing. */
    @Nullable
    Claim freed;

    /** What the last run here was started with, and when, if it failed. */
    @Nullable
    Failure failed;

    /** What the run was started with that blocked a loop which others share: the job runs alone from then on. */
    @Nullable
    Attempt blocked;

    /** Whether it should be running, and nobody runs it. */
    boolean due;

    /** As what {@link Share} counts it. */
    Share.Counted counted = Share.Counted.NOT;

    /** What sort of place it needs, if it waits for one. */
    Job.@Nullable Need need;

    /** Its part in {@link Turn}. */
    final long hash;

    /** Whom it is drawn to more than to this node, and in which order of the peers; kept by {@link Share}. */
    @Nullable
    PeerSet ahead;

    int aheadIn;

    /** When its claim was asked for. */
    double askedAt;

    /** The claim of the run that one stood by for here in vain; it is not tried again. */
    long declined;

    /** When something about it changed last. */
    double newsAt;

    /** Whether something did while a commit was under way. */
    boolean newsMeanwhile;

    /** Not before that time: a commit failed, and the reason may not have come through the feed. */
    double hold;

    double wake = Double.POSITIVE_INFINITY;

    record Failure(Attempt attempt, double started) {}

    /** What sort of place a run needs. */
    record Need(Language language, boolean alone, boolean outlivesClaim) {}

    /**
     * What this runner asks the claim for.
     *
     * @param from the claim of the run that this one is to stand by; 0: there is none
     */
    record Claiming(Attempt attempt, StateEntry state, long session, boolean refusedBefore, long from) {
        boolean isStandby() {
            return from != 0;
        }
    }

    Job(JobId id, Path entryPath, Path statePath, Path claimPath) {
        this.id = id;
        this.entryPath = entryPath;
        this.statePath = statePath;
        this.claim = new Claim(claimPath);
        this.standby = new Claim(claimPath.child(Guard.STANDBY));
        this.hash = Turn.hash(id.path());
    }

    void to(Phase next) {
        if (!Phase.NEXT.getOrDefault(phase, Set.of()).contains(next)) {
            throw new IllegalStateException("job " + id + " from " + phase + " to " + next);
        }
        phase = next;
    }

    /** Takes in a change of the entry; returns whether it is news. */
    boolean entryChanged(Entry change) {
        if (change.tick() == entryTick) {
            return false;
        }
        entryTick = change.tick();
        entry = null;
        bad = null;
        Value value = change.value();
        if (value != null) {
            try {
                JobId.check(id.path());
                entry = JobEntry.read(value);
            } catch (BadEntry e) {
                bad = e.getMessage();
            }
        }
        return true;
    }

    boolean stateChanged(Entry change) {
        if (change.tick() < stateFollowed) {
            // The tree was restored from a backup: what was newer has never been.
            stateTick = 0;
        }
        stateFollowed = change.tick();
        Value value = change.value();
        boolean known = change.tick() == stateTick && stateStored;
        followed = value == null ? null : known ? state : StateEntry.read(value);
        if (change.tick() <= stateTick) {
            return false;
        }
        stored(followed, change.tick());
        return true;
    }

    /**
     * A commit was refused without news that would say why: what this runner has written last is in a tree that was
     * restored from a backup before the feed brought it. Only what the feed has brought counts.
     */
    void asFollowed() {
        state = followed == null ? StateEntry.NEW : followed;
        stateStored = followed != null;
        stateTick = stateFollowed;
        claimsAsFollowed();
    }

    void claimsAsFollowed() {
        claim.asFollowed();
        standby.asFollowed();
    }

    /** What a write of the state expects to find. */
    Expectation stateExpected() {
        return stateStored ? Expectation.at(stateTick) : Expectation.absent();
    }

    /** The state is now this one, or deleted; unless something newer is known. */
    void stored(@Nullable StateEntry newState, long tick) {
        if (tick <= stateTick) {
            return;
        }
        state = newState == null ? StateEntry.NEW : newState;
        stateStored = newState != null;
        stateTick = tick;
    }

    /** This run of it has ended like that. */
    void ended(Run of, Ended how, boolean failure) {
        failed = failure ? new Failure(of.attempt, of.state.started()) : null;
        if (how instanceof Ended.Failed end && end.fault() == Ended.Fault.BLOCKED) {
            blocked = of.attempt;
        }
    }

    /** Whether a run of this code must have a worker to itself. */
    boolean isAlone(JobEntry now, Procedure procedure) {
        boolean hasBlocked = blocked != null && blocked.procedure().same(procedure);
        return hasBlocked || procedure.mode() == Mode.SYNC || !now.limits().isEmpty();
    }

    boolean isGone() {
        return entry == null && bad == null;
    }

    /** Whether nothing is known any more that would have to be remembered. */
    boolean isForgettable() {
        return isGone() && !stateStored && !claim.isHeld() && !standby.isHeld() && phase == Phase.IDLE;
    }
}
