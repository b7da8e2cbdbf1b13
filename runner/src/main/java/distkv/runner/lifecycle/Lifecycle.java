package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.accept.Acceptance;
import distkv.runner.accept.NodeRefusal;
import distkv.runner.accept.Refusals;
import distkv.runner.balance.FairShare;
import distkv.runner.balance.Rebalancer;
import distkv.runner.group.Peer;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.Place;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of every job that this runner serves: an event goes in, effects come out, which the caller carries out
 * before the next event. It never waits, and has no thread: whoever calls it is the decision thread. So the same
 * decisions are tested by simulation.
 */
public final class Lifecycle {
    /** By so much a clock may go back without having been set, in seconds. */
    private static final double SET_BACK = 0.5;
    /** For how long changes of peers are collected, in seconds. */
    private static final double COLLECT = 0.1;

    /** The places for runs in this node's workers. */
    public interface Places {
        /** Keeps a place for one more run, if there is one; it is taken by the {@link Effect.Start} of that run. */
        boolean keep(Place place);

        /** Gives up a place that was kept, as nothing starts there. */
        void free(Place place);
    }

    /**
     * What the runs of a node weigh; each weighs 1.
     *
     * @param total all of them
     * @param pinned those of jobs that are for this node, or for all nodes
     */
    public record Load(double total, double pinned) {}

    private final DoubleSupplier clock;
    /** In the order in which they became known, so that a simulated history can be replayed. */
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();

    /** Jobs for any node that others may be about to take or to leave: those that changes of peers may concern. */
    private final Set<Job> contested = new LinkedHashSet<>();

    private final Effects effects = new Effects();
    private final Refusals refusals = new Refusals();
    private final FairShare share;
    private final Rebalancer rebalancer;
    private final ActiveRuns runs;
    private final ClaimAcquirer claims;
    private final PendingJobs pending;
    private View view;
    /** When a {@link JobEvent.TimerFired} came last, and is wanted next. */
    private double ranAt;

    private double next = Double.NEGATIVE_INFINITY;
    private boolean peersChanged;
    private double affectedAt = Double.NEGATIVE_INFINITY;
    private long considered;

    /** Without jobs, on a node that accepts all; the clock is unix time in seconds. */
    public Lifecycle(Site site, Places places, Catalog catalog, ErrorIndex errors, DoubleSupplier clock) {
        this(site, places, catalog, errors, Acceptance.OF_ALL, clock);
    }

    /** Without jobs; the clock is unix time in seconds. */
    public Lifecycle(
            Site site, Places places, Catalog catalog, ErrorIndex errors, Acceptance acceptance, DoubleSupplier clock) {
        this.clock = clock;
        this.ranAt = clock.getAsDouble();
        this.share = new FairShare(site.node());
        this.rebalancer = new Rebalancer(share);
        this.runs = new ActiveRuns(effects);
        this.claims = new ClaimAcquirer(places, runs, rebalancer, effects);
        this.pending = new PendingJobs(claims, effects);
        this.view = new View(ranAt, Lease.NONE, false, false, site, catalog, errors, share, acceptance);
    }

    /** Takes in an event, and returns what is to be done because of it, in that order. */
    public List<Effect> handle(JobEvent event) {
        view = view.at(clock.getAsDouble());
        switch (event) {
            case JobEvent.Changed(Kind kind, var part, Path path, Entry entry) -> changed(kind, part, path, entry);
            case JobEvent.ErrorChanged(Path about) -> errorChanged(about);
            case JobEvent.CodeChanged(CodeId changed) -> codeChanged(changed);
            case JobEvent.PeerChanged(String node, Peer peer) -> peerChanged(node, peer);
            case JobEvent.LeaseChanged(Lease lease) -> leaseChanged(lease);
            case JobEvent.OpenChanged(boolean open) -> {
                if (open != view.open()) {
                    view = view.open(open);
                    considerAll();
                }
            }
            case JobEvent.Committed(CommitRequest request, Result result) -> committed(request, result);
            case JobEvent.RunChanged(RunEvent told) -> {
                Job job = runs.changed(told, view);
                if (job != null) {
                    settle(job);
                }
                if (told instanceof RunEvent.Started || told instanceof RunEvent.Over) {
                    claims.roomMade(this::consider);
                }
            }
            case JobEvent.RoomMade _ -> claims.roomMade(this::consider);
            case JobEvent.TimerFired _ -> timerFired();
            case JobEvent.Stopping _ -> {
                view = view.stopping();
                considerAll();
            }
        }
        return effects.take();
    }

    /** When to come back with a {@link JobEvent.TimerFired} at the latest, after one. */
    public double next() {
        return next;
    }

    /** How many jobs have a run or a commit under way. */
    public int busy() {
        int busy = 0;
        for (Job job : jobs.values()) {
            busy += job.phase() instanceof Phase.Idle ? 0 : 1;
        }
        return busy;
    }

    /** What runs here, for those who look at it. */
    public Load load() {
        return runs.load();
    }

    /** How often it was looked whether something is to be done with a job. */
    long considered() {
        return considered;
    }

    private void changed(Kind kind, JobEvent.Part part, Path path, Entry entry) {
        boolean standby = part == JobEvent.Part.CLAIM && JobId.isStandby(path);
        Job job = jobs.computeIfAbsent(new JobId(kind, standby ? path.parent() : path), this::create);
        boolean news = switch (part) {
            case ENTRY -> job.entryChanged(entry);
            case STATE -> job.stateChanged(entry);
            case CLAIM -> standby ? job.standbyChanged(entry) : job.claimChanged(entry);
        };
        if (news) {
            touched(job);
        }
    }

    private Job create(JobId id) {
        return new Job(id, share.stake(id));
    }

    private void errorChanged(Path about) {
        view.site().roots().forEach((kind, at) -> {
            if (about.startsWith(at.entries()) && about.length() > at.entries().length()) {
                JobId id = new JobId(kind, about.tail(at.entries().length()));
                Job job = jobs.get(id);
                if (job == null
                        && !view.errors().opensAnywhere(ErrorReport.RUN, about).isEmpty()) {
                    job = jobs.computeIfAbsent(id, this::create);
                }
                if (job != null && job.isGone()) {
                    touched(job);
                }
            }
        });
    }

    private void codeChanged(CodeId changed) {
        for (Job job : List.copyOf(jobs.values())) {
            if (view.concerns(job, changed)) {
                touched(job);
            }
        }
    }

    private void touched(Job job) {
        job.touched(view.now());
        consider(job);
    }

    private void considerAll() {
        List.copyOf(jobs.values()).forEach(this::consider);
    }

    private void consider(Job job) {
        considered++;
        judge(job);
        if (job.phase() instanceof Phase.Idle) {
            pending.consider(job, view);
            if (job.isForgettable() && view.openErrors(job).isEmpty()) {
                effects.sleep(job);
                jobs.remove(job.id);
                job.isDue = false;
            }
        } else {
            runs.consider(job, view);
        }
        settle(job);
    }

    /** Keeps up to date whether this node, and others, accept a job. */
    private void judge(Job job) {
        NodeRefusal before = job.refusal();
        // While it is not open, what is about to be accepted may not be yet.
        NodeRefusal now = view.open() ? view.refusal(job) : job.entry() == null ? null : before;
        if (!Objects.equals(before, now)) {
            job.refusal(now);
            if (now != null) {
                effects.log(System.Logger.Level.WARNING, job.id, "not accepted here: " + now.message());
            }
            if (job.id.kind() == Kind.ANY) {
                share.refuse(job.id.path(), now != null);
                refusals.changed(
                        job.id.path(), now == null ? null : now.reason().text());
            }
        }
        if (job.id.kind() == Kind.ANY) {
            job.refusedBy(share.refused(job.id.path()));
        }
    }

    /** What this node does not accept, for those who look at it. */
    public Refusals refusals() {
        return refusals;
    }

    /** Something was done with a job: keeps up to date what is known of all of them. */
    private void settle(Job job) {
        job.count(share, view.site().node());
        if (job.id.kind() != Kind.ANY) {
            return;
        }
        if (isContested(job)) {
            contested.add(job);
        } else {
            contested.remove(job);
        }
    }

    /** Whether changes of peers may concern it: it is due, or would be if there were a node for it, or it is offered. */
    private static boolean isContested(Job job) {
        return switch (job.phase()) {
            case Phase.Idle _ ->
                job.state().offered()
                        || (!job.claim().isPresent()
                                && (job.isDue || job.state().reason().code().lacksNode()));
            case Phase.Active _ -> job.isOffered();
            case Phase.Noting _, Phase.Claiming _, Phase.Recording _ -> false;
        };
    }

    private void committed(CommitRequest request, Result result) {
        Job job = jobs.get(request.job());
        if (job == null) {
            return;
        }
        switch (request.purpose()) {
            case NOTE, CLAIM, STANDBY, RECORD -> {
                switch (job.phase()) {
                    case Phase.Noting noting -> pending.noted(job, view, noting, result);
                    case Phase.Claiming claiming -> claimed(job, claiming, result);
                    case Phase.Recording recording -> runs.recorded(job, recording, result);
                    default -> throw new IllegalStateException("job " + job.id + " " + job.phase() + ": " + request);
                }
            }
            case SWAP -> runs.swapped(job, view, result);
            case TELL -> {}
        }
        consider(job);
        claims.roomMade(this::consider);
    }

    private void claimed(Job job, Phase.Claiming claiming, Result result) {
        boolean starts = result instanceof Result.Done done && runs.claimed(job, view, claiming, done.ticks());
        claims.answered(job, view, claiming, starts);
        if (!(result instanceof Result.Done)) {
            job.toIdle();
            pending.refused(job, view, claiming.news(), result);
        }
    }

    private void peerChanged(String node, @Nullable Peer peer) {
        boolean news = share.peer(node, peer);
        for (Path path : share.reconsidered()) {
            Job job = jobs.get(new JobId(Kind.ANY, path));
            if (job != null) {
                touched(job);
            }
        }
        if (news) {
            peersChanged = true;
            rebalancer.peersChanged(view.now());
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
        double since = view.now() - affectedAt;
        if (!peersChanged) {
            return Double.POSITIVE_INFINITY;
        } else if (since >= 0 && since < COLLECT) {
            return affectedAt + COLLECT;
        }
        peersChanged = false;
        affectedAt = view.now();
        Set<Job> affected = new LinkedHashSet<>(contested);
        if (share.hasOwnNews()) {
            // This node may run other jobs than before.
            affected.addAll(runs.all());
        }
        affected.forEach(this::consider);
        return Double.POSITIVE_INFINITY;
    }

    private void leaseChanged(Lease lease) {
        boolean replaced = lease.session() != view.lease().session();
        boolean lost = replaced && view.lease().session() != 0;
        view = view.lease(lease);
        if (lost) {
            claims.leaseLost(view.now());
        }
        if (replaced) {
            runs.leaseLost(view);
        }
    }

    private void timerFired() {
        double now = view.now();
        if (now < ranAt - SET_BACK) {
            setBack(ranAt - now);
        }
        ranAt = now;
        double last = view.lease().last();
        if (now >= last) {
            runs.cutOff(view);
        }
        effects.due(now).forEach(this::consider);
        next = considerAffected();
        next = Math.min(next, effects.next());
        next = Math.min(next, rebalance());
        next = now < last ? Math.min(next, last) : next;
    }

    /** The clock was set back: what was to be at some time is to be so much earlier, or is decided on again. */
    private void setBack(double by) {
        rebalancer.setBack();
        for (Job job : List.copyOf(jobs.values())) {
            job.setBack(by, view.now());
            consider(job);
        }
    }

    /** Gives runs away that others are to have; returns when to call again at the latest. */
    private double rebalance() {
        if (!view.open() || view.closing()) {
            rebalancer.pause();
            return Double.POSITIVE_INFINITY;
        }
        Rebalancer.Moves moves = rebalancer.moves(view.now(), () -> runs.leaving(view));
        if (moves.count() > 0) {
            runs.all().stream()
                    .filter(job -> runs.mayMove(job, view))
                    .sorted(Comparator.comparingDouble(job -> share.score(job.stake)))
                    .limit(moves.count())
                    .forEach(job -> {
                        runs.giveAway(job, view);
                        settle(job);
                    });
        }
        return moves.next();
    }
}
