package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.runner.lifecycle.Lifecycle.Load;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.Mode;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs that this node runs: from the claim, over all that their runs tell, to the record of how they ended. */
final class ActiveRuns {
    /** How long a run that was told to end may take, in seconds. */
    static final double GRACE = 2;

    private final Effects effects;
    private final Handover handover;
    private final Map<Long, Job> jobs = new HashMap<>();
    private long numbers;
    private int pinned;
    /** How many runs have a worker that has not begun with them; those in Java, whose process takes long to start, do not count. */
    private int awaited;

    ActiveRuns(Effects effects) {
        this.effects = effects;
        this.handover = new Handover(effects);
    }

    /** How many runs their workers have not begun with. */
    int awaited() {
        return awaited;
    }

    /** What they weigh. */
    Load load() {
        return new Load(jobs.size(), pinned);
    }

    /** All jobs that have a run. */
    List<Job> all() {
        return List.copyOf(jobs.values());
    }

    /** The claim is ours: starts the run, unless something has changed that forbids it. Returns whether it did. */
    boolean claimed(Job job, View view, Phase.Claiming claiming, List<Long> ticks) {
        boolean standby = claiming.isStandby();
        Guard claim =
                new Guard(standby ? view.site().standby(job.id) : view.site().claim(job.id), ticks.getFirst(), standby);
        Attempt attempt = claiming.attempt();
        Run run = new Run(++numbers, job.id.kind().outlivesClaim(attempt.job()), claiming, claim);
        (standby ? job.standby() : job.claim()).written(view.claimed(claiming.session()), claim.tick());
        if (!standby) {
            job.stored().written(run.state, ticks.get(1));
        }
        job.to(new Phase.Starting(run));
        jobs.put(run.number, job);
        pinned += job.id.kind() == Kind.ANY ? 0 : 1;
        Stop stop = view.disturbance(job, run);
        if (claiming.session() != view.lease().session()) {
            stop = Stop.CLAIM_LOST;
        } else if (isOverdue(run, view)) {
            // The answer came so late that somebody else may have the claim by now.
            stop = Stop.CUT_OFF;
        }
        if (stop != null) {
            ended(job, run, stop, new Ended.Died("not started", true), view);
            return false;
        }
        run.isAwaited = attempt.procedure().language() == Language.PYTHON;
        awaited += run.isAwaited ? 1 : 0;
        effects.add(new Effect.Start(new Launch(
                run.number,
                view.site().entry(job.id),
                attempt.procedure(),
                attempt.globals(),
                attempt.modules(),
                claim,
                run.outlivesClaim,
                job.isAlone(attempt.job(), attempt.procedure()),
                attempt.job().limits(),
                job.id.path().toString(),
                attempt.job().secrets(),
                attempt.job().as())));
        return true;
    }

    /** Takes in what has become of a run; returns its job, {@code null}: the run is over already. */
    @Nullable
    Job changed(RunEvent event, View view) {
        Job job = jobs.get(event.run());
        if (job == null || !(job.phase() instanceof Phase.Active active)) {
            return null;
        }
        Run run = active.run();
        switch (event) {
            case RunEvent.Started _ -> started(job, run, view);
            case RunEvent.ModuleUsed used -> {
                moduleUsed(job, run, used, view);
                consider(job, view);
            }
            case RunEvent.SetupDone said -> setupDone(job, run, said, view);
            case RunEvent.ErrorReported error -> errorReported(job, run, error, view);
            case RunEvent.Over(long _, Ended how) -> {
                Stop why = active instanceof Phase.Stopping stopping ? stopping.why() : null;
                if (why == null && how instanceof Ended.Died && isOverdue(run, view)) {
                    // This process was suspended, and the parent has kept its word.
                    why = Stop.CUT_OFF;
                }
                ended(job, run, why, how, view);
            }
        }
        return job;
    }

    /** The code is compiled, so that it is no error any more if it was one. */
    private void started(Job job, Run run, View view) {
        begun(run);
        if (job.phase() instanceof Phase.Starting) {
            job.to(new Phase.Running(run, null));
        }
        double okAfter = run.attempt.job().okAfter();
        if (okAfter > 0) {
            run.setUpAt = view.now() + okAfter;
        }
        List<ErrorReport> reports = new ArrayList<>();
        reports.add(new ErrorReport.Well(ErrorReport.COMPILE, view.procedure(run.attempt), null, Map.of()));
        if (run.refusedBefore) {
            reports.add(new ErrorReport.Well(ErrorReport.RUN, view.site().entry(job.id), null, Map.of()));
        }
        effects.tell(job, run, view, reports);
        consider(job, view);
    }

    private void begun(Run run) {
        awaited -= run.isAwaited ? 1 : 0;
        run.isAwaited = false;
    }

    /** The run uses a module, or could not load it. */
    private void moduleUsed(Job job, Run run, RunEvent.ModuleUsed used, View view) {
        if (used.version() >= 0) {
            run.attempt = run.attempt.using(CodeId.module(used.module()), used.version());
        }
        Path path = view.site().modules().append(used.module());
        Ended.Failed failure = used.failure();
        if (failure == null) {
            effects.tell(job, run, view, List.of(new ErrorReport.Well(ErrorReport.COMPILE, path, null, Map.of())));
        } else {
            ErrorReport.Failed report = run.report(ErrorReport.COMPILE, path, 0, null, failure);
            if (!view.errors().says(report)) {
                effects.tell(job, run, view, List.of(report));
            }
        }
    }

    /** The run says that it is set up, or has been running for long enough: its errors are over. */
    private void setupDone(Job job, Run run, RunEvent.SetupDone said, View view) {
        run.isSetUp = true;
        run.setUpAt = Double.POSITIVE_INFINITY;
        if (run.standby == null) {
            tellSetupDone(job, run, said, view);
        } else {
            handover.setupDone(run, run.standby, said);
            consider(job, view);
        }
    }

    private void tellSetupDone(Job job, Run run, RunEvent.SetupDone said, View view) {
        run.state = run.state.well(view.now());
        effects.tellState(job, run, view, List.of(view.setupDone(job, said)));
    }

    private void errorReported(Job job, Run run, RunEvent.ErrorReported error, View view) {
        Path about = error.about() == null ? view.site().entry(job.id) : error.about();
        ErrorReport report = run.report(ErrorReport.RUN, about, error.severity(), error.comment(), error.failure());
        effects.tell(job, run, view, List.of(report));
        effects.log(System.Logger.Level.WARNING, job.id, error.failure().summary(error.comment()));
    }

    /** Looks whether a run may go on, and whether one that was told to end has. */
    void consider(Job job, View view) {
        switch (job.phase()) {
            case Phase.Stopping(Run run, Stop why, double killAt, boolean isKilled)
            when !isKilled -> {
                boolean kills = view.now() >= killAt;
                effects.wake(job, kills ? Double.POSITIVE_INFINITY : killAt);
                if (kills) {
                    job.to(new Phase.Stopping(run, why, killAt, true));
                    effects.log(System.Logger.Level.WARNING, job.id, "did not end when told to: its worker is killed");
                    effects.add(new Effect.Kill(run.number));
                }
            }
            case Phase.Starting(Run run) -> goOn(job, run, view);
            case Phase.Running(Run run, Phase.Offer _) -> goOn(job, run, view);
            default -> {}
        }
    }

    private void goOn(Job job, Run run, View view) {
        Stop stop = view.disturbance(job, run);
        if (stop == null && run.standby != null) {
            stop = handover.advance(job, run, run.standby, view);
        }
        if (stop == null) {
            handover.keep(job, run, view);
        } else if (!handover.offer(job, run, stop, view)) {
            stop(job, stop, view.now() + GRACE);
            return;
        }
        if (view.now() >= run.setUpAt) {
            setupDone(job, run, new RunEvent.SetupDone(run.number, null, Map.of()), view);
        }
        double next = job.phase() instanceof Phase.Running(Run _, Phase.Offer offer) && offer != null
                ? Math.min(run.setUpAt, offer.end())
                : run.setUpAt;
        boolean triesAgain = run.isStandby() && job.holdUntil > view.now();
        effects.wake(job, triesAgain ? Math.min(next, job.holdUntil) : next);
    }

    /** Whether the run must not go on, since its claim may end before long or has. */
    private static boolean isOverdue(Run run, View view) {
        return view.now() >= view.lease().last() && !run.outlivesClaim;
    }

    /** The session is another one, and the claims are gone. */
    void leaseLost(View view) {
        all().forEach(job -> stop(job, Stop.CLAIM_LOST, view.now() + GRACE));
    }

    /** The lease is about to end: tells those runs to end that must not outlive their claims. */
    void cutOff(View view) {
        for (Job job : all()) {
            Run run = job.run();
            if (run != null && !run.outlivesClaim) {
                stop(job, Stop.CUT_OFF, view.lease().kill());
            }
        }
    }

    /** Tells the run to end, for that reason, and has its worker killed should it not. */
    private void stop(Job job, Stop why, double killAt) {
        switch (job.phase()) {
            case Phase.Stopping(Run run, Stop first, double before, boolean isKilled)
            when !isKilled -> {
                job.to(new Phase.Stopping(run, first, Math.min(before, killAt), false));
                effects.wake(job, Math.min(before, killAt));
            }
            case Phase.Stopping _ -> {}
            case Phase.Active active -> {
                job.to(new Phase.Stopping(active.run(), why, killAt, false));
                effects.wake(job, killAt);
                effects.log(
                        System.Logger.Level.INFO,
                        job.id,
                        "told to end: " + why.reason().text());
                effects.add(new Effect.Cancel(active.run().number, why));
            }
            default -> {}
        }
    }

    /** How many of the jobs that count as this node's are about to leave. */
    int leaving(View view) {
        int leaving = 0;
        for (Job job : jobs.values()) {
            boolean leaves = job.phase() instanceof Phase.Stopping || job.isOffered();
            leaving += leaves && job.stake.isHeldBy(view.site().node()) ? 1 : 0;
        }
        return leaving;
    }

    /**
     * Whether it may be moved for the sake of balance: only async code is that is there to stay, since its run has been
     * set up and can be again, or its job asks for handovers. What does something once is left to end.
     */
    boolean mayMove(Job job, View view) {
        JobEntry entry = job.entry();
        return job.id.kind() == Kind.ANY
                && job.phase() instanceof Phase.Running(Run run, Phase.Offer offer)
                && offer == null
                && !run.isStandby()
                && view.now() >= run.staysUntil
                && run.attempt.procedure().mode() == Mode.ASYNC
                && !job.id.isCall()
                && entry != null
                && (run.isSetUp || entry.placement().handover())
                && view.share().isWantedElsewhere(job.labels());
    }

    /** Others are to have the run rather than this node. */
    void giveAway(Job job, View view) {
        Run run = job.run();
        if (run != null && !handover.offer(job, view)) {
            stop(job, Stop.MOVED, view.now() + GRACE);
        }
    }

    private void ended(Job job, Run run, @Nullable Stop why, Ended how, View view) {
        jobs.remove(run.number);
        begun(run);
        pinned -= job.id.kind() == Kind.ANY ? 0 : 1;
        job.to(new Phase.Recording(run, why, how, null));
        effects.sleep(job);
        // If it is taking over, the answer says which claim it has.
        if (!run.isTakingOver()) {
            record(job, run, why, how, view);
        }
    }

    /** Writes down how a run ended, which gives up its claim. */
    private void record(Job job, Run run, @Nullable Stop why, Ended how, View view) {
        Outcome outcome = Outcome.of(run, why, view.site().entry(job.id), view.procedure(run.attempt), how, view.now());
        job.ended(run, how, outcome.failure());
        if (outcome.say() != null) {
            effects.log(outcome.level(), job.id, outcome.say());
        }
        if (run.standby != null) {
            handover.standDown(job, run, run.standby, how, outcome, view);
            return;
        }
        List<ErrorReport> reports = new ArrayList<>(outcome.reports());
        StateEntry last = null;
        if (!job.isGone()) {
            StateEntry state = view.believed(job, outcome.state());
            View.Settled settled = view.settle(job, state, view.decide(job, state));
            last = settled.state();
            if (!settled.errors().isEmpty() && !outcome.failure()) {
                // Its success is old news: there is an error about the same job now.
                reports.clear();
                reports.addAll(settled.errors());
            }
        }
        job.to(new Phase.Recording(run, why, how, last));
        Value state = last == null ? null : last.encode();
        effects.commit(new CommitRequest(
                job.id,
                CommitRequest.Purpose.RECORD,
                run.claim.tick(),
                List.of(
                        new Write(view.site().state(job.id), state, Expectation.anything(), 0),
                        Write.delete(view.site().claim(job.id), Expectation.at(run.claim.tick()))),
                List.of(),
                view.news(reports),
                new CommitRequest.Fallback(view.site().state(job.id), state, run::isToldBy)));
    }

    /** The commit by which a run takes over is answered. */
    void swapped(Job job, View view, Result result) {
        Run run = job.phase() instanceof Phase.Recording recording ? recording.run() : job.run();
        Run.Standby standby = run == null ? null : run.standby;
        if (run == null || standby == null || standby.swap() == null) {
            return;
        }
        handover.swapped(job, run, standby, standby.swap(), result, view);
        if (!run.isStandby() && standby.setupDone() != null && !standby.swap().tellsSetupDone()) {
            tellSetupDone(job, run, standby.setupDone(), view);
        }
        if (job.phase() instanceof Phase.Recording(Run _, Stop why, Ended how, StateEntry _)) {
            record(job, run, why, how, view);
        } else if (!run.isStandby() && isOverdue(run, view)) {
            // The answer came so late that somebody else may have the claim by now.
            stop(job, Stop.CUT_OFF, view.lease().kill());
        } else if (!run.isStandby() && !(job.phase() instanceof Phase.Stopping)) {
            effects.add(new Effect.TakeOver(run.number, run.claim));
        }
    }

    /** The end of the run is written, or somebody else has the job now. */
    void recorded(Job job, Phase.Recording recording, Result result) {
        Run run = recording.run();
        job.toIdle();
        switch (result) {
            case Result.Done done -> {
                if (run.isStandby()) {
                    job.standby().written(null, done.ticks().getFirst());
                } else {
                    job.stored().written(recording.last(), done.ticks().get(0));
                    job.claim().written(null, done.ticks().get(1));
                }
            }
            case Result.FellBack fellBack -> {
                job.claimsAsFollowed();
                job.stored().written(recording.last(), fellBack.tick());
            }
            case Result.Conflict _ -> {
                job.asFollowed();
                if (!run.wasOffered && !run.isStandby()) {
                    effects.log(
                            System.Logger.Level.WARNING, job.id, "lost its claim: how the run ended is not recorded");
                }
            }
            case Result.Failed failed ->
                effects.log(System.Logger.Level.ERROR, job.id, "how the run ended is not recorded: " + failed.reason());
        }
    }
}
