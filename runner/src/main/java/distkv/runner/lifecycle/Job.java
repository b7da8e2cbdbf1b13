package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.runner.accept.NodeRefusal;
import distkv.runner.balance.FairShare;
import distkv.runner.balance.Stake;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Ended;
import distkv.schema.BadEntry;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobEntry;
import distkv.schema.job.JobId;
import distkv.schema.job.StateEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a runner knows of one job, and what it is doing with it. */
final class Job {
    private static final Phase IDLE = new Phase.Idle();

    final JobId id;
    /** What the balance of the group keeps of it. */
    final Stake stake;

    private @Nullable JobEntry entry;
    private @Nullable String bad;
    private long entryTick;
    private @Nullable NodeRefusal refusal;
    private Set<String> refusedBy = Set.of();
    private final Followed<StateEntry> state = new Followed<>();
    private final Followed<ClaimEntry> claim = new Followed<>();
    private @Nullable Followed<ClaimEntry> standby;

    private Phase phase = IDLE;

    /** What the last run here was started with, and when, if it failed. */
    private @Nullable Failure failed;

    /** What the run was started with that blocked a loop which others share: the job runs alone from then on. */
    private @Nullable Attempt blocked;

    /** The claim of the run that one stood by for here in vain; it is not tried again. */
    private long declined;

    /** Whether it should be running, though nobody runs it. */
    boolean isDue;

    /** How often something about it has changed, and when last. */
    private int news;

    private double newsAt;

    /** Not before that time: a commit failed, and the reason may not have come through the feed. */
    double holdUntil;

    /** When to look at it again; kept by {@link Effects}. */
    double wakeAt = Double.POSITIVE_INFINITY;

    Job(JobId id, Stake stake) {
        this.id = id;
        this.stake = stake;
    }

    Phase phase() {
        return phase;
    }

    void to(Phase next) {
        Class<? extends Phase> from = phase.getClass();
        if (from != next.getClass() && !Phase.NEXT.getOrDefault(from, List.of()).contains(next.getClass())) {
            throw new IllegalStateException("job " + id + " from " + from.getSimpleName() + " to "
                    + next.getClass().getSimpleName());
        }
        phase = next;
    }

    void toIdle() {
        to(IDLE);
    }

    /** Its run in a worker; {@code null}: there is none. */
    @Nullable
    Run run() {
        return phase instanceof Phase.Active active ? active.run() : null;
    }

    /** Whether its run is offered to other nodes. */
    boolean isOffered() {
        return phase instanceof Phase.Running running && running.offer() != null;
    }

    /** The wish; {@code null} if there is none, or if it is {@link #bad}. */
    @Nullable
    JobEntry entry() {
        return entry;
    }

    /** What is wrong with the entry; {@code null} if nothing is. */
    @Nullable
    String bad() {
        return bad;
    }

    long entryTick() {
        return entryTick;
    }

    boolean isGone() {
        return entry == null && bad == null;
    }

    StateEntry state() {
        StateEntry stored = state.value();
        return stored == null ? StateEntry.NEW : stored;
    }

    /** The state as an entry. */
    Followed<StateEntry> stored() {
        return state;
    }

    Followed<ClaimEntry> claim() {
        return claim;
    }

    /** Who has the claim; empty if nobody has it, or if it does not say. */
    String claimHolder() {
        return holder(claim);
    }

    private static String holder(@Nullable Followed<ClaimEntry> claim) {
        ClaimEntry is = claim == null ? null : claim.value();
        return is == null ? "" : is.node();
    }

    /** The claim of a run that stands by to take over from the one that has {@link #claim}. */
    Followed<ClaimEntry> standby() {
        if (standby == null) {
            standby = new Followed<>();
        }
        return standby;
    }

    boolean hasStandby() {
        return standby != null && standby.isPresent();
    }

    /** The labels that it asks for, and the nodes that it must not run on, as {@link FairShare#refused} names them. */
    Set<String> labels() {
        Set<String> has = entry == null ? Set.of() : entry.placement().has();
        if (refusedBy.isEmpty()) {
            return has;
        }
        Set<String> all = new HashSet<>(has);
        all.addAll(refusedBy);
        return all;
    }

    /** These nodes do not accept it. */
    void refusedBy(Set<String> nodes) {
        refusedBy = nodes;
    }

    /** Why this node does not accept it; {@code null} if it does. */
    @Nullable
    NodeRefusal refusal() {
        return refusal;
    }

    void refusal(@Nullable NodeRefusal why) {
        refusal = why;
    }

    /** The node that it counts toward; one that stands by is about to take over. {@code null}: none. */
    private @Nullable String countsToward(String node) {
        if (hasStandby()) {
            return holder(standby);
        }
        boolean isAsked = phase instanceof Phase.Claiming;
        boolean standsBy = phase instanceof Phase.Claiming claiming && claiming.isStandby();
        return claim.isPresent() && !standsBy ? holder(claim) : isAsked ? node : null;
    }

    /** Counts it in the balance of the group as what it is now on this node. */
    void count(FairShare share, String node) {
        share.count(stake, countsToward(node), labels(), isDue);
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
        Value value = change.value();
        return state.changed(value == null ? null : StateEntry.read(value), change.tick());
    }

    boolean claimChanged(Entry change) {
        return claim.changed(ClaimEntry.read(change.value()), change.tick());
    }

    boolean standbyChanged(Entry change) {
        return standby().changed(ClaimEntry.read(change.value()), change.tick());
    }

    /**
     * A commit was refused without news that would say why: what this runner has written last is in a tree that was
     * restored from a backup before the feed brought it.
     */
    void asFollowed() {
        state.asFollowed();
        claimsAsFollowed();
    }

    void claimsAsFollowed() {
        claim.asFollowed();
        if (standby != null) {
            standby.asFollowed();
        }
    }

    /** Something about it has changed. */
    void touched(double now) {
        holdUntil = 0;
        newsAt = now;
        news++;
    }

    /** When something about it changed last. */
    double newsAt() {
        return newsAt;
    }

    /** How much news there has been. */
    int news() {
        return news;
    }

    /** The clock was set back by so much, and shows this now. */
    void setBack(double by, double now) {
        newsAt = Math.min(newsAt, now);
        holdUntil = 0;
        phase = phase.setBack(by);
        Run run = run();
        if (run != null) {
            run.setBack(by);
        }
    }

    /** A run of it has ended like that. */
    void ended(Run run, Ended how, boolean failure) {
        failed = failure ? new Failure(run.attempt, run.state.started()) : null;
        if (how instanceof Ended.Failed end && end.fault() == Ended.Fault.BLOCKED) {
            blocked = run.attempt;
        }
    }

    /** What the last run here was started with if it failed and no other node has run the job since, were this its state. */
    @Nullable
    Attempt failedAttempt(StateEntry in) {
        return failed != null && failed.started() == in.started() ? failed.attempt() : null;
    }

    /** What its last run here was started with, if that failed. */
    @Nullable
    Attempt failedAttempt() {
        return failed == null ? null : failed.attempt();
    }

    /** A run that stood by for this claim has ended: this node does not try again. */
    void decline(long from) {
        declined = from;
    }

    boolean hasDeclined() {
        return declined == claim.tick();
    }

    /** Whether a run of this code must have a worker to itself. */
    boolean isAlone(JobEntry now, Procedure procedure) {
        boolean hasBlocked = blocked != null && blocked.procedure().same(procedure);
        return hasBlocked
                || procedure.mode() == Mode.SYNC
                || !now.limits().isEmpty()
                || !now.secrets().isEmpty();
    }

    /** Whether nothing is known any more that would have to be remembered. */
    boolean isForgettable() {
        return isGone() && !state.isPresent() && !claim.isPresent() && !hasStandby() && phase instanceof Phase.Idle;
    }

    private record Failure(Attempt attempt, double started) {}

    /**
     * An entry as the feed brought it, and as this runner has written it itself since: a reply often tells of a write before
     * the feed does. The newest tick counts.
     */
    static final class Followed<T> {
        private @Nullable T value;
        private long tick;
        /** What the feed brought last. */
        private @Nullable T fed;

        private long fedTick;

        /** What the entry holds; {@code null}: there is none. */
        @Nullable
        T value() {
            return value;
        }

        boolean isPresent() {
            return value != null;
        }

        /** The tick of the last write or deletion. */
        long tick() {
            return tick;
        }

        /** Takes in what the feed brings; returns whether it is news. */
        boolean changed(@Nullable T newValue, long newTick) {
            if (newTick < fedTick) {
                // The tree was restored from a backup: what was newer has never been.
                tick = 0;
            }
            fed = newValue;
            fedTick = newTick;
            boolean news = newTick > tick;
            if (newTick >= tick) {
                value = newValue;
                tick = newTick;
            }
            return news;
        }

        /** This runner has written that, or deleted the entry; unless something newer is known. */
        void written(@Nullable T newValue, long newTick) {
            if (newTick > tick) {
                value = newValue;
                tick = newTick;
            }
        }

        /** Only what the feed has brought counts: what this runner has written since then is not there. */
        void asFollowed() {
            value = fed;
            tick = fedTick;
        }

        /** What a write of the entry expects to find. */
        Expectation expectation() {
            return value == null ? Expectation.absent() : Expectation.at(tick);
        }
    }
}
