package distkv.runner.job;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.group.Peer;
import distkv.runner.worker.Ended;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of every job, one event at a time. It never waits, and has no thread: whoever calls it is the
 * decision thread. With its {@link Hands} and its clock replaced, the same decisions are tested by simulation.
 */
public final class Dispatcher {
    /** Which of a job's three entries has changed. */
    public enum Part {
        ENTRY,
        STATE,
        CLAIM
    }

    /** By so much a clock may go back without having been set, in seconds. */
    private static final double SET_BACK = 0.5;

    private final Map<Kind, Site.Roots> roots;
    /** In the order in which they became known, so that a simulated history can be replayed. */
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();

    /** For how long changes of peers are collected, in seconds. */
    private static final double COLLECT = 0.1;

    private boolean peersChanged;
    private double affectedAt = Double.NEGATIVE_INFINITY;
    private long considered;

    private final Desk desk;
    private final Taking taking;
    private final Idle idle;
    private final Running running;
    private final Balancer balancer;
    /** When {@link #run} was called last. */
    private double ranAt;

    /** A dispatcher that knows no jobs yet; its clock is unix time in seconds. */
    public Dispatcher(Site site, Hands hands, Catalog catalog, ErrorIndex errors, DoubleSupplier clock) {
        this.roots = site.roots();
        this.desk = new Desk(site, hands, catalog, errors, clock);
        this.taking = new Taking(desk);
        this.idle = new Idle(desk, taking);
        this.running = new Running(desk);
        this.balancer = new Balancer(desk, running, running.handover);
        this.ranAt = desk.now();
    }

    /** One of a job's entries has changed; {@code path} is the job's, below the root of that part. */
    public void changed(Kind kind, Part part, Path path, Entry entry) {
        boolean standby = part == Part.CLAIM && JobId.isStandby(path);
        Job job = jobs.computeIfAbsent(new JobId(kind, standby ? path.parent() : path), this::create);
        boolean news = switch (part) {
            case ENTRY -> job.entryChanged(entry);
            case STATE -> job.stateChanged(entry);
            case CLAIM -> (standby ? job.standby : job.claim).changed(entry);
        };
        if (news) {
            touched(job);
        }
    }

    /** An error about something has changed: that concerns a job of that entry which has been deleted. */
    public void errorChanged(Path about) {
        roots.forEach((kind, at) -> {
            if (about.startsWith(at.entries()) && about.length() > at.entries().length()) {
                JobId id = new JobId(kind, about.tail(at.entries().length()));
                Job job = jobs.get(id);
                if (job == null
                        && !desk.errors.opensAnywhere(ErrorReport.RUN, about).isEmpty()) {
                    job = jobs.computeIfAbsent(id, this::create);
                }
                if (job != null && job.isGone()) {
                    touched(job);
                }
            }
        });
    }

    private Job create(JobId id) {
        Site.Roots at = roots.get(id.kind());
        if (at == null) {
            throw new IllegalArgumentException("job " + id + " (expected: one of " + roots.keySet() + ")");
        }
        Path path = id.path();
        return new Job(
                id,
                desk.share.stake(id),
                at.entries().append(path),
                at.states().append(path),
                at.claims().append(path));
    }

    /** A procedure or module has changed: that concerns the jobs that are to run it, and those whose runs use it. */
    public void codeChanged(CodeId changed) {
        for (Job job : List.copyOf(jobs.values())) {
            if (desk.concerns(job, changed)) {
                touched(job);
            }
        }
    }

    /** The nodes that run jobs of the kind {@link Kind#ANY} are now these. */
    public void peers(List<Peer> peers) {
        if (desk.share.peers(peers)) {
            peersChanged = true;
            balancer.peersChanged();
            considerAffected();
        }
    }

    /**
     * Looks again at the jobs that changes of peers concern: at the first one at once, and then at all that come within a
     * while together, for in a group that starts each of its nodes makes one.
     *
     * @return when to call again at the latest
     */
    private double considerAffected() {
        double since = desk.now() - affectedAt;
        if (!peersChanged) {
            return Double.POSITIVE_INFINITY;
        } else if (since >= 0 && since < COLLECT) {
            return affectedAt + COLLECT;
        }
        peersChanged = false;
        affectedAt = desk.now();
        boolean ownNews = desk.share.hasOwnNews();
        List<Job> affected = new ArrayList<>();
        for (Job job : jobs.values()) {
            if (job.id.kind() == Kind.ANY && isAffected(job, ownNews)) {
                affected.add(job);
            }
        }
        affected.forEach(this::consider);
        return Double.POSITIVE_INFINITY;
    }

    /** Whether it is to be decided anew since others may run other jobs than before, or also this node. */
    private static boolean isAffected(Job job, boolean ownNews) {
        boolean offered = job.run == null ? job.state.offered() : job.run.isOffered();
        return offered || (job.phase.hasRun() ? ownNews : job.phase == Phase.IDLE && !job.claim.isHeld());
    }

    /** Whether all feeds are read and the server answers. */
    public void open(boolean open) {
        if (open != desk.open) {
            desk.open = open;
            considerAll();
        }
    }

    private void considerAll() {
        List.copyOf(jobs.values()).forEach(this::consider);
    }

    /** How often it was looked whether something is to be done with a job. */
    long considered() {
        return considered;
    }

    private void touched(Job job) {
        job.hold = 0;
        job.newsAt = desk.now();
        job.newsMeanwhile = true;
        consider(job);
    }

    private void consider(Job job) {
        considered++;
        switch (job.phase) {
            case IDLE -> {
                idle.consider(job);
                if (job.isForgettable() && desk.openErrors(job).isEmpty()) {
                    desk.wakes.at(job, Double.POSITIVE_INFINITY);
                    jobs.remove(job.id);
                    job.due = false;
                }
            }
            case STARTING, RUNNING, STOPPING -> running.consider(job);
            case NOTING, CLAIMING, RECORDING -> {}
        }
        desk.count(job);
    }

    /** A commit that {@link Hands#commit} was asked for is answered. */
    public void answered(Ask ask, Ask.Answer answer) {
        Job job = jobs.get(ask.job());
        if (job == null) {
            return;
        }
        switch (ask.purpose()) {
            case NOTE -> idle.noted(job, answer);
            case CLAIM, STANDBY -> claimAnswered(job, answer);
            case SWAP -> running.swapped(job, answer);
            case TELL -> {}
            case RECORD -> running.recorded(job, answer);
        }
        consider(job);
        uncrowd();
    }

    private void claimAnswered(Job job, Ask.Answer answer) {
        Job.@Nullable Claiming claiming = job.claiming;
        job.claiming = null;
        if (claiming != null) {
            taking.answered(job, claiming);
        }
        if (claiming != null && answer instanceof Ask.Answer.Done done) {
            running.claimed(job, claiming, done.ticks());
        } else {
            job.to(Phase.IDLE);
            idle.refused(job, answer);
        }
    }

    /** The code of a run has been compiled, and runs. */
    public void started(long run) {
        running.started(run);
        uncrowd();
    }

    /**
     * A run uses a module.
     *
     * @param version the one that its worker has; 0: there is none of that name; -1: nobody can import it
     * @param failure why the module could not be loaded, or {@code null}
     */
    public void uses(long run, Path module, long version, Ended.@Nullable Failed failure) {
        running.uses(run, module, version, failure);
    }

    /** The code of a run said {@code setup_done}. */
    public void well(long run, Map<String, @Nullable Object> said) {
        running.well(run, said);
    }

    /** The code of a run reports an error, and goes on. */
    public void error(long run, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment) {
        running.error(run, failed, about, severity, comment);
    }

    /** A run is over. */
    public void ended(long run, Ended ended) {
        running.ended(run, ended);
        uncrowd();
    }

    /** There may be room for more runs. Those that need a place of a sort that there is not do not hold up the others. */
    public void uncrowd() {
        if (taking.isBusy()) {
            return;
        }
        Set<Job.@Nullable Need> lacking = new HashSet<>();
        for (Job job : List.copyOf(desk.crowded)) {
            if (taking.isBusy()) {
                return;
            }
            if (!lacking.contains(job.need)) {
                desk.crowded.remove(job);
                consider(job);
                if (desk.crowded.contains(job)) {
                    lacking.add(job.need);
                }
            }
        }
    }

    /**
     * The claims of this runner certainly live for that long. If they are bound to another session than before, those
     * made before are lost.
     */
    public void lease(Lease lease) {
        boolean replaced = lease.session() != desk.lease.session();
        boolean lost = replaced && desk.lease.session() != 0;
        desk.lease = lease;
        if (replaced) {
            if (lost) {
                desk.pace.leaseLost(desk.now());
            }
            for (Job job : running.all()) {
                running.stop(job, Stop.CLAIM_LOST, desk.now() + Running.GRACE);
            }
        }
    }

    /**
     * Does what is due by now.
     *
     * @return when to call again at the latest
     */
    public double run() {
        double now = desk.now();
        if (now < ranAt - SET_BACK) {
            setBack(ranAt - now);
        }
        ranAt = now;
        Lease lease = desk.lease;
        if (now >= lease.last()) {
            running.cutOff(lease);
        }
        desk.wakes.due(desk.now()).forEach(this::consider);
        double next = considerAffected();
        next = Math.min(next, Math.min(desk.wakes.next(), balancer.run()));
        return desk.now() < lease.last() ? Math.min(next, lease.last()) : next;
    }

    /** The clock was set back: what was to be at some time is to be so much earlier, or is decided on again. */
    private void setBack(double by) {
        balancer.setBack();
        for (Job job : List.copyOf(jobs.values())) {
            job.newsAt = Math.min(job.newsAt, desk.now());
            job.hold = 0;
            if (job.run != null) {
                job.run.setBack(by);
            }
            consider(job);
        }
    }

    /** Ends all runs and begins no more. */
    public void close() {
        desk.closing = true;
        considerAll();
    }

    /** How many jobs have a run or a commit under way. */
    public int busy() {
        int busy = 0;
        for (Job job : jobs.values()) {
            busy += job.phase == Phase.IDLE ? 0 : 1;
        }
        return busy;
    }

    /** What runs here, for those who look at it. */
    public Load load() {
        return running.load();
    }
}
