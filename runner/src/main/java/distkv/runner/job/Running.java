package distkv.runner.job;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.schema.code.Language;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs that this node runs: from the claim to the end of the run, which the {@link Recorder} writes down. */
final class Running {
    /** How long a run that was told to end may take, in seconds. */
    static final double GRACE = 2;

    private final Desk desk;
    private final Map<Long, Job> jobs = new HashMap<>();
    private final Tales tales;
    final Handover handover;
    private final Recorder recorder;
    private long numbers;
    private int pinned;

    Running(Desk desk) {
        this.desk = desk;
        this.tales = new Tales(desk);
        this.handover = new Handover(desk, tales);
        this.recorder = new Recorder(desk, handover);
    }

    /** The claim is ours: starts the run, unless something has changed that forbids it. */
    void claimed(Job job, Job.Claiming claiming, List<Long> ticks) {
        Claim claim = claiming.isStandby() ? job.standby : job.claim;
        Guard guard = new Guard(claim.path, ticks.getFirst(), claiming.isStandby());
        Run run = new Run(++numbers, job.id.kind(), claiming, guard);
        job.run = run;
        claim.set(run.claim.tick(), desk.node);
        if (!claiming.isStandby()) {
            job.stored(run.state, ticks.get(1));
        }
        job.to(Phase.STARTING);
        jobs.put(run.number, job);
        pinned += job.id.kind() == Kind.ANY ? 0 : 1;
        Stop stop = disturbance(job, run);
        if (claiming.session() != desk.lease.session()) {
            stop = Stop.CLAIM_LOST;
        } else if (isOverdue(run)) {
            // The answer came so late that somebody else may have the claim by now.
            stop = Stop.CUT_OFF;
        }
        if (stop != null) {
            run.stop = stop;
            ended(run.number, new Ended.Died("not started", true));
            return;
        }
        run.isStarting = run.attempt.procedure().language() == Language.PYTHON;
        desk.starting += run.isStarting ? 1 : 0;
        desk.hands.start(new Launch(
                run.number,
                job.entryPath,
                run.attempt.procedure(),
                run.attempt.globals(),
                run.attempt.modules(),
                run.claim,
                run.outlivesClaim,
                job.isAlone(run.attempt.job(), run.attempt.procedure()),
                run.attempt.job().limits(),
                job.id.path().toString()));
    }

    /** The code runs. */
    void started(long number) {
        Job job = jobs.get(number);
        if (job == null || job.run == null) {
            return;
        }
        Run run = job.run;
        begun(run);
        if (job.phase == Phase.STARTING) {
            job.to(Phase.RUNNING);
        }
        double okAfter = run.attempt.job().okAfter();
        if (okAfter > 0) {
            run.wellAt = desk.now() + okAfter;
        }
        tales.started(job, run);
        consider(job);
    }

    private void begun(Run run) {
        desk.starting -= run.isStarting ? 1 : 0;
        run.isStarting = false;
    }

    /** The run uses a module, of this version, or could not load it. */
    void uses(long number, Path module, long version, Ended.@Nullable Failed failure) {
        Job job = jobs.get(number);
        if (job != null && job.run != null) {
            tales.uses(job, job.run, module, version, failure);
            consider(job);
        }
    }

    /** The run says that it is well, or has been running for long enough. */
    void well(long number, Map<String, @Nullable Object> said) {
        Job job = jobs.get(number);
        if (job == null || job.run == null) {
            return;
        }
        if (job.run.standby == null) {
            tales.well(job, job.run, said);
        } else {
            handover.ready(job.run, job.run.standby, said);
            consider(job);
        }
    }

    /** The run reports an error, and goes on. */
    void error(long number, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment) {
        Job job = jobs.get(number);
        if (job != null && job.run != null) {
            tales.error(job, job.run, failed, about, severity, comment);
        }
    }

    /** Looks whether the run may go on. */
    void consider(Job job) {
        Run run = job.run;
        if (run == null || !job.phase.hasRun()) {
            return;
        }
        if (run.stop == null) {
            double now = desk.now();
            Stop stop = disturbance(job, run);
            if (stop == null && run.standby != null) {
                stop = handover.advance(job, run, run.standby, now);
            }
            if (stop == null) {
                handover.keep(job, run);
            } else if (!handover.offer(job, run, stop)) {
                stop(job, stop, desk.now() + GRACE);
                return;
            }
            if (desk.now() >= run.wellAt) {
                well(run.number, Map.of());
            }
            desk.wakes.at(job, run.next(job.hold > now ? job.hold : Double.POSITIVE_INFINITY));
        } else if (!run.killed && desk.now() >= run.killAt) {
            run.killed = true;
            desk.wakes.at(job, Double.POSITIVE_INFINITY);
            desk.hands.say(System.Logger.Level.WARNING, job.id, "did not end when told to: its worker is killed");
            desk.hands.kill(run.number);
        } else if (!run.killed) {
            desk.wakes.at(job, run.killAt);
        }
    }

    /** Whether the run must not go on, since its claim may end before long or has. */
    private boolean isOverdue(Run run) {
        return desk.now() >= desk.lease.last() && !run.outlivesClaim;
    }

    private @Nullable Stop disturbance(Job job, Run run) {
        Claim claim = run.isStandby() ? job.standby : job.claim;
        // While it takes over the news may be ahead of the answer, which says which claim it has.
        if (!run.isTakingOver() && claim.token() != run.claim.tick()) {
            return run.wasOffered() && claim.isHeld() ? Stop.HANDED_OVER : Stop.CLAIM_LOST;
        }
        if (desk.closing) {
            return Stop.RUNNER_STOPPED;
        }
        JobEntry entry = job.entry;
        if (entry == null) {
            return job.bad == null ? Stop.ENTRY_DELETED : Stop.BAD_ENTRY;
        }
        Stop stop = run.attempt.disturbedBy(entry, desk.code(entry));
        if (stop == null && !desk.catalog.areCurrent(run.attempt.uses())) {
            return Stop.CODE_CHANGED;
        }
        return stop == null && !desk.mayStay(job, entry) ? Stop.MOVED : stop;
    }

    /** The lease is about to end: tells those runs to end that must not outlive their claims. */
    void cutOff(Lease lease) {
        for (Job job : all()) {
            if (job.run != null && !job.run.outlivesClaim) {
                stop(job, Stop.CUT_OFF, lease.kill());
            }
        }
    }

    /** Tells the run to end, for that reason, and has its worker killed should it not. */
    void stop(Job job, Stop stop, double killAt) {
        Run run = job.run;
        if (run == null || run.killed || !job.phase.hasRun()) {
            return;
        }
        run.killAt = Math.min(run.killAt, killAt);
        desk.wakes.at(job, run.killAt);
        if (run.stop == null) {
            run.stop = stop;
            job.to(Phase.STOPPING);
            desk.hands.say(
                    System.Logger.Level.INFO,
                    job.id,
                    "told to end: " + stop.reason().text());
            desk.hands.cancel(run.number, stop);
        }
    }

    /** The run is over: records how. Nothing more comes of it. */
    void ended(long number, Ended ended) {
        Job job = jobs.remove(number);
        if (job == null || job.run == null) {
            return;
        }
        Run run = job.run;
        begun(run);
        pinned -= job.id.kind() == Kind.ANY ? 0 : 1;
        if (run.stop == null && ended instanceof Ended.Died && isOverdue(run)) {
            // This process was suspended, and the parent has kept its word.
            run.stop = Stop.CUT_OFF;
        }
        job.to(Phase.RECORDING);
        desk.wakes.at(job, Double.POSITIVE_INFINITY);
        if (run.standby != null && run.isTakingOver()) {
            // Which claim it has the answer says.
            run.standby.ended = ended;
        } else {
            recorder.over(job, run, ended);
        }
    }

    /** The commit by which a run takes over is answered. */
    void swapped(Job job, Ask.Answer answer) {
        Run run = job.run;
        Standby standby = run == null ? null : run.standby;
        if (run != null && standby != null) {
            handover.swapped(job, run, standby, answer);
            if (standby.ended != null) {
                recorder.over(job, run, standby.ended);
            } else if (!run.isStandby() && isOverdue(run)) {
                // The answer came so late that somebody else may have the claim by now.
                stop(job, Stop.CUT_OFF, desk.lease.kill());
            } else if (!run.isStandby() && run.stop == null) {
                desk.hands.claim(run.number, run.claim);
            }
        }
    }

    /** The end of the run is written, or somebody else has the job now. */
    void recorded(Job job, Ask.Answer answer) {
        recorder.recorded(job, answer);
    }

    /** What they weigh. */
    Load load() {
        return new Load(jobs.size(), pinned);
    }

    /** All jobs that have a run. */
    List<Job> all() {
        return List.copyOf(jobs.values());
    }
}
