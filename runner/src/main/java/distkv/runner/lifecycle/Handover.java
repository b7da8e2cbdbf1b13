package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.schedule.Schedule.Decision;
import distkv.runner.worker.Ended;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Mode;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves a run to another node without a gap, if its job asks for that. Its node offers the run in its state, and lets it
 * go on. Another node starts a second run, on standby: its writes are refused. When that says that it is set up, one
 * commit makes it the one that has the claim, and the first run ends. If the first one is lost meanwhile, the second one
 * has the claim at once.
 */
final class Handover {
    /** How long a run is offered at most, in seconds: so much time has the other one to be set up. */
    static final double PATIENCE = 30;
    /** The same, if the runner is about to stop. */
    static final double CLOSING = 1;
    /** For how long there may be nobody who stands by, in seconds: all who could take the run have refused it. */
    private static final double VACANT = 5;
    /** How long a run stays that nobody took, before it is offered again for the sake of balance, in seconds. */
    private static final double STAY = 60;

    private final Effects effects;

    Handover(Effects effects) {
        this.effects = effects;
    }

    /** Offers a run that has to leave this node for this reason; returns false if it is to be ended, by now or at all. */
    boolean offer(Job job, Run run, Stop why, View view) {
        return switch (why) {
            case MOVED -> offer(job, PATIENCE, true, view);
            case RUNNER_STOPPED -> offer(job, CLOSING, true, view);
            default -> false;
        };
    }

    /** Offers a run that others should have rather than this node; returns false if it cannot be handed over. */
    boolean offer(Job job, View view) {
        return offer(job, PATIENCE, false, view);
    }

    private boolean offer(Job job, double patience, boolean mustLeave, View view) {
        if (!(job.phase() instanceof Phase.Running running) || !mayBeOffered(job, running, view)) {
            return false;
        }
        Phase.Offer offer = running.offer();
        if (offer == null) {
            running.run().wasOffered = true;
            tellOffered(job, running.run(), true, view);
            effects.log(System.Logger.Level.INFO, job.id, "offered to other nodes");
        }
        double until = Math.min(offer == null ? Double.POSITIVE_INFINITY : offer.until(), view.now() + patience);
        Phase.Offer made = new Phase.Offer(until, vacantUntil(job, offer, view), mustLeave);
        job.to(new Phase.Running(running.run(), made));
        return !made.isInVain(view.now());
    }

    private void tellOffered(Job job, Run run, boolean toOthers, View view) {
        run.state = run.state.offering(toOthers);
        effects.tellState(job, run, view, List.of());
    }

    private static double vacantUntil(Job job, Phase.@Nullable Offer offer, View view) {
        if (job.hasStandby()) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.min(offer == null ? Double.POSITIVE_INFINITY : offer.vacantUntil(), view.now() + VACANT);
    }

    private static boolean mayBeOffered(Job job, Phase.Running running, View view) {
        JobEntry entry = job.entry();
        return entry != null
                && entry.placement().handover()
                && job.id.kind() == Kind.ANY
                && !job.id.isCall()
                && !running.run().isStandby()
                && running.run().attempt.procedure().mode() == Mode.ASYNC
                && (running.offer() != null || view.open())
                && view.share().mayRunElsewhere(job.labels());
    }

    /** Keeps a run that may stay, after all, or since nobody took it in time. */
    void keep(Job job, Run run, View view) {
        if (!(job.phase() instanceof Phase.Running running) || running.offer() == null) {
            return;
        }
        Phase.Offer before = running.offer();
        Phase.Offer offer = new Phase.Offer(before.until(), vacantUntil(job, before, view), before.mustLeave());
        if (offer.mustLeave() || offer.isInVain(view.now()) || !mayBeOffered(job, running, view)) {
            job.to(new Phase.Running(run, null));
            run.staysUntil = view.now() + (offer.mustLeave() ? 0 : STAY);
            tellOffered(job, run, false, view);
        } else {
            job.to(new Phase.Running(run, offer));
        }
    }

    /** The run on standby is set up. */
    void setupDone(Run run, Run.Standby standby, RunEvent.SetupDone said) {
        if (standby.setupDone() == null) {
            run.standby = new Run.Standby(standby.from(), said, standby.swap());
        }
    }

    /** Takes over, if it is time to; returns why the run on standby is to end, if it is. */
    @Nullable
    Stop advance(Job job, Run run, Run.Standby standby, View view) {
        if (standby.swap() != null) {
            return null;
        }
        boolean goesOn = job.claim().isPresent() && job.claim().tick() == standby.from();
        boolean withdrawn = job.state().node() != null && !job.state().offered();
        if (goesOn ? withdrawn : job.claim().isPresent()) {
            return Stop.NOT_NEEDED;
        }
        if (!view.open() || view.now() < job.holdUntil) {
            return null;
        }
        if (!goesOn) {
            return inherit(job, run, standby, view);
        }
        if (standby.setupDone() != null) {
            swap(job, run, standby, job.state(), null, view);
        }
        return null;
    }

    /** The other run is gone: this one has its place, if the job is to run. */
    private @Nullable Stop inherit(Job job, Run run, Run.Standby standby, View view) {
        Outcome loss = job.state().node() == null ? null : Outcome.lost(job, view.site());
        StateEntry state = loss == null ? job.state() : loss.state();
        if (!(view.decide(job, state) instanceof Decision.Start)) {
            return Stop.NOT_NEEDED;
        }
        swap(job, run, standby, state, loss, view);
        return null;
    }

    private void swap(Job job, Run run, Run.Standby standby, StateEntry before, @Nullable Outcome loss, View view) {
        Site site = view.site();
        StateEntry from = view.believed(job, before);
        // Clocks differ, but a state's start only grows.
        double started = Math.max(view.now(), from.started());
        StateEntry running = from.handedOver(started).running(site.node(), started, from.backoff());
        List<ErrorReport> reports = new ArrayList<>();
        if (loss != null) {
            reports.addAll(loss.reports());
        }
        RunEvent.SetupDone said = loss == null ? standby.setupDone() : null;
        if (said != null) {
            running = running.well(view.now());
            reports.add(view.setupDone(job, said));
        }
        String holder = job.claimHolder();
        run.standby = new Run.Standby(
                standby.from(), standby.setupDone(), new Run.Swap(running, holder, said != null, job.news()));
        List<Write> writes = List.of(
                view.claim(site.claim(job.id), started, job.claim().expectation()),
                Write.set(site.state(job.id), running.encode(), job.stored().expectation()),
                Write.delete(site.standby(job.id), Expectation.at(run.claim.tick())));
        effects.commit(new CommitRequest(
                job.id,
                CommitRequest.Purpose.SWAP,
                run.claim.tick(),
                writes,
                List.of(new Guard(site.entry(job.id), job.entryTick())),
                view.news(reports),
                null));
    }

    /** The commit that is to take over is answered. */
    void swapped(Job job, Run run, Run.Standby standby, Run.Swap swap, Result result, View view) {
        if (result instanceof Result.Done done) {
            Guard claim = new Guard(view.site().claim(job.id), done.ticks().get(0));
            job.claim().written(view.claimed(view.lease().session()), claim.tick());
            job.stored().written(swap.state(), done.ticks().get(1));
            job.standby().written(null, done.ticks().get(2));
            run.tookOver(claim, swap.state());
            effects.log(
                    System.Logger.Level.INFO,
                    job.id,
                    "taken over" + (swap.holder().isEmpty() ? "" : " from " + swap.holder()));
        } else {
            run.standby = new Run.Standby(standby.from(), standby.setupDone(), null);
            job.holdUntil = job.news() == swap.news() ? view.now() + PendingJobs.PAUSE : 0;
        }
    }

    /** A run has ended that is still on standby: its claim goes, and what went wrong with it is told. */
    void standDown(Job job, Run run, Run.Standby standby, Ended how, Outcome outcome, View view) {
        if (outcome.failure() || how instanceof Ended.Done) {
            job.decline(standby.from());
        }
        List<ErrorReport> reports = outcome.failure() ? outcome.reports() : List.of();
        effects.commit(new CommitRequest(
                job.id,
                CommitRequest.Purpose.RECORD,
                run.claim.tick(),
                List.of(Write.delete(view.site().standby(job.id), Expectation.at(run.claim.tick()))),
                List.of(),
                view.news(reports),
                null));
    }
}
