package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.worker.Ended;
import distkv.schema.code.Mode;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves a run to another node without a gap, if its job asks for that. Its node offers the run in its state, and lets it
 * go on. Another node starts a second run, on standby: its writes are refused. When that says that it is set up, one
 * commit makes it the one that has the claim, and the first run ends. If the first one is lost meanwhile, the second one
 * has the claim at once. Used by the decision thread only.
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

    private final Desk desk;
    private final Tales tales;

    Handover(Desk desk, Tales tales) {
        this.desk = desk;
        this.tales = tales;
    }

    /** Offers a run that has to leave this node for this reason; returns false if it is to be ended, by now or at all. */
    boolean offer(Job job, Run run, Stop why) {
        run.mustLeave = true;
        return switch (why) {
            case MOVED -> offer(job, run, PATIENCE);
            case RUNNER_STOPPED -> offer(job, run, CLOSING);
            default -> false;
        };
    }

    /** Offers a run that others should have rather than this node; returns false if it cannot be handed over. */
    boolean offer(Job job, Run run) {
        run.mustLeave = false;
        return offer(job, run, PATIENCE);
    }

    private boolean offer(Job job, Run run, double patience) {
        if (!mayBeOffered(job, run)) {
            return false;
        }
        if (!run.isOffered()) {
            run.offeredUntil = Double.POSITIVE_INFINITY;
            run.vacantUntil = Double.POSITIVE_INFINITY;
            tales.offered(job, run, true);
            desk.hands.say(System.Logger.Level.INFO, job.id, "offered to other nodes");
        }
        run.offeredUntil = Math.min(run.offeredUntil, desk.now() + patience);
        watchVacancy(job, run);
        return !run.isOfferedInVain(desk.now());
    }

    private void watchVacancy(Job job, Run run) {
        double vacant = job.standby.isHeld() ? Double.POSITIVE_INFINITY : desk.now() + VACANT;
        run.vacantUntil = vacant == Double.POSITIVE_INFINITY ? vacant : Math.min(run.vacantUntil, vacant);
    }

    private boolean mayBeOffered(Job job, Run run) {
        JobEntry entry = job.entry;
        return entry != null
                && entry.placement().handover()
                && job.id.kind() == Kind.ANY
                && !job.id.isCall()
                && job.phase == Phase.RUNNING
                && !run.isStandby()
                && run.attempt.procedure().mode() == Mode.ASYNC
                && (run.isOffered() || desk.open)
                && desk.share.mayRunElsewhere(entry.placement().has());
    }

    /** Keeps a run that may stay, after all, or since nobody took it in time. */
    void keep(Job job, Run run) {
        if (!run.isOffered()) {
            return;
        }
        watchVacancy(job, run);
        if (run.mustLeave || run.isOfferedInVain(desk.now()) || !mayBeOffered(job, run)) {
            run.offeredUntil = 0;
            run.staysUntil = desk.now() + (run.mustLeave ? 0 : STAY);
            tales.offered(job, run, false);
        }
    }

    /** The run on standby is set up. */
    void ready(Run run, Standby standby, Map<String, @Nullable Object> said) {
        run.isWell = true;
        run.wellAt = Double.POSITIVE_INFINITY;
        if (standby.said == null) {
            standby.said = said;
        }
    }

    /** Takes over, if it is time to; returns why the run on standby is to end, if it is. */
    @Nullable
    Stop advance(Job job, Run run, Standby standby, double now) {
        if (standby.swapping != null) {
            return null;
        }
        boolean goesOn = job.claim.token() == standby.from;
        boolean withdrawn = job.state.node() != null && !job.state.offered();
        if (goesOn ? withdrawn : job.claim.isHeld()) {
            return Stop.NOT_NEEDED;
        }
        if (!desk.open || now < job.hold) {
            return null;
        }
        if (!goesOn) {
            return inherit(job, run, standby);
        }
        if (standby.said != null) {
            swap(job, run, standby, job.state, List.of());
        }
        return null;
    }

    /** The other run is gone: this one has its place, if the job is to run. */
    private @Nullable Stop inherit(Job job, Run run, Standby standby) {
        Loss loss = job.state.node() == null ? null : Loss.of(job, desk.node);
        StateEntry state = loss == null ? job.state : loss.state();
        if (!(desk.decide(job, state) instanceof Decision.Start)) {
            return Stop.NOT_NEEDED;
        }
        swap(job, run, standby, state, loss == null ? List.of() : List.of(loss.report()));
        return null;
    }

    private void swap(Job job, Run run, Standby standby, StateEntry before, List<ErrorReport> reports) {
        StateEntry from = desk.believed(job, before);
        // Clocks differ, but a state's start only grows.
        double started = Math.max(desk.now(), from.started());
        StateEntry running = from.handedOver(started).running(desk.node, started, from.backoff());
        List<ErrorReport> all = new ArrayList<>(reports);
        if (standby.said != null && reports.isEmpty()) {
            standby.told = true;
            running = running.well(desk.now());
            all.add(Tales.well(job, standby.said));
        }
        standby.swapping = running;
        standby.holder = job.claim.holder();
        job.newsMeanwhile = false;
        Expectation claim = job.claim.isHeld() ? Expectation.at(job.claim.token()) : Expectation.absent();
        List<Write> writes = List.of(
                desk.claim(job.claim.path, started, claim),
                Write.set(job.statePath, running.encode(), job.stateExpected()),
                Write.delete(job.standby.path, Expectation.at(run.claim.tick())));
        List<Guard> guards = List.of(new Guard(job.entryPath, job.entryTick));
        desk.hands.commit(new Ask(job.id, Ask.Purpose.SWAP, run.claim.tick(), writes, guards, desk.news(all), null));
    }

    /** The commit that is to take over is answered. */
    void swapped(Job job, Run run, Standby standby, Ask.Answer answer) {
        StateEntry running = standby.swapping;
        standby.swapping = null;
        if (running != null && answer instanceof Ask.Answer.Done done) {
            Guard claim = new Guard(job.claim.path, done.ticks().get(0));
            job.claim.set(claim.tick(), desk.node);
            job.stored(running, done.ticks().get(1));
            job.standby.set(done.ticks().get(2), null);
            run.tookOver(claim, running);
            desk.hands.say(
                    System.Logger.Level.INFO,
                    job.id,
                    "taken over" + (standby.holder.isEmpty() ? "" : " from " + standby.holder));
            if (standby.said != null && !standby.told) {
                tales.well(job, run, standby.said);
            }
        } else {
            standby.told = false;
            job.hold = job.newsMeanwhile ? 0 : desk.now() + Idle.PAUSE;
        }
    }

    /** A run has ended that is still on standby: its claim goes, and what went wrong with it is told. */
    void standDown(Job job, Run run, Standby standby, Ended ended, Outcome outcome) {
        if (outcome.failure() || ended instanceof Ended.Done) {
            job.declined = standby.from;
        }
        List<ErrorReport> reports = outcome.failure() ? outcome.reports() : List.of();
        List<Write> writes = List.of(Write.delete(job.standby.path, Expectation.at(run.claim.tick())));
        desk.hands.commit(
                new Ask(job.id, Ask.Purpose.RECORD, run.claim.tick(), writes, List.of(), desk.news(reports), null));
    }
}
