package distkv.runner.lifecycle;

import distkv.runner.lifecycle.Job.Followed;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Ended;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a runner is doing with a job at the moment, and what it has to know for that. */
sealed interface Phase {
    /** Which phase may follow which. {@code docs/job-phases.md} shows the table as a diagram. */
    Map<Class<? extends Phase>, List<Class<? extends Phase>>> NEXT = Map.of(
            Idle.class, List.of(Noting.class, Claiming.class),
            Noting.class, List.of(Idle.class),
            Claiming.class, List.of(Idle.class, Starting.class),
            Starting.class, List.of(Running.class, Stopping.class, Recording.class),
            Running.class, List.of(Stopping.class, Recording.class),
            Stopping.class, List.of(Recording.class),
            Recording.class, List.of(Idle.class));

    /** A phase in which there is a run in a worker. */
    sealed interface Active extends Phase {
        Run run();
    }

    /** Nothing is under way: the job waits for its time, or for a change. */
    record Idle() implements Phase {}

    /**
     * Writing down why it does not run.
     *
     * @param state what is written; {@code null}: the state is deleted
     * @param freed the claim that the same commit deletes: this runner's, though it runs nothing
     * @param news how much news of the job there had been
     */
    record Noting(@Nullable StateEntry state, @Nullable Followed<ClaimEntry> freed, int news) implements Phase {}

    /**
     * Asking for the claim, together with the state that says so.
     *
     * @param refusedBefore whether its start had been refused, which is an error that the run mends
     * @param from the claim of the run that this one is to stand by; 0: there is none
     * @param news how much news of the job there had been
     */
    record Claiming(
            Attempt attempt, StateEntry state, long session, boolean refusedBefore, long from, double askedAt, int news)
            implements Phase {
        boolean isStandby() {
            return from != 0;
        }
    }

    /** Claimed, and handed to a worker. */
    record Starting(Run run) implements Active {}

    /**
     * The code runs.
     *
     * @param offer {@code null}: the run is not offered to other nodes
     */
    record Running(Run run, @Nullable Offer offer) implements Active {}

    /**
     * The code was told to end.
     *
     * @param killAt when its worker is killed if it has not
     */
    record Stopping(Run run, Stop why, double killAt, boolean isKilled) implements Active {}

    /**
     * The run is over: its state, result and errors are being written, which gives up the claim. If it ended while it was
     * taking over, that is written once it is known which claim it has.
     *
     * @param why why it was told to end; {@code null}: it was not
     * @param last what is written as the state; {@code null}: the state is deleted, as the job is
     */
    record Recording(
            Run run,
            @Nullable Stop why,
            Ended how,
            @Nullable StateEntry last) implements Phase {}

    /**
     * Other nodes are asked to take the run over.
     *
     * @param until for how long
     * @param vacantUntil for how long if nobody stands by
     * @param mustLeave whether it may not stay here
     */
    record Offer(double until, double vacantUntil, boolean mustLeave) {
        /** Whether nobody takes the run: nobody stands by, or that takes too long. */
        boolean isInVain(double now) {
            return now >= end();
        }

        double end() {
            return Math.min(until, vacantUntil);
        }
    }

    /** The same after the clock was set back by so much: what is planned is so much earlier. */
    default Phase setBack(double by) {
        return switch (this) {
            case Running(Run run, Offer offer)
            when offer != null ->
                new Running(run, new Offer(offer.until() - by, offer.vacantUntil() - by, offer.mustLeave()));
            case Stopping stopping ->
                new Stopping(stopping.run(), stopping.why(), stopping.killAt() - by, stopping.isKilled());
            default -> this;
        };
    }
}
