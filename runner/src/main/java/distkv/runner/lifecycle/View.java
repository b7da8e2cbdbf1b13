package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.accept.Acceptance;
import distkv.runner.accept.NodeRefusal;
import distkv.runner.balance.FairShare;
import distkv.runner.lifecycle.Job.Followed;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.schedule.Attempt;
import distkv.runner.schedule.Schedule;
import distkv.runner.schedule.Schedule.Decision;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.Placement;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a decision about a job goes by, beside the job itself: it is read, and never written, by those who decide.
 *
 * @param now unix time in seconds
 * @param open whether all feeds are read and the server answers: only then is anything begun
 * @param closing whether the runner is about to stop
 */
record View(
        double now,
        Lease lease,
        boolean open,
        boolean closing,
        Site site,
        Catalog catalog,
        ErrorIndex errors,
        FairShare share,
        Acceptance acceptance) {

    /** The same at that time. */
    View at(double time) {
        return new View(time, lease, open, closing, site, catalog, errors, share, acceptance);
    }

    /** The same with that lease. */
    View lease(Lease newLease) {
        return new View(now, newLease, open, closing, site, catalog, errors, share, acceptance);
    }

    /** The same, if that is whether the server answers. */
    View open(boolean isOpen) {
        return new View(now, lease, isOpen, closing, site, catalog, errors, share, acceptance);
    }

    /** The same, but that the runner is about to stop. */
    View stopping() {
        return new View(now, lease, open, true, site, catalog, errors, share, acceptance);
    }

    /** This node's claim, for as long as its session lives. */
    Write claim(Path path, double started, Expectation expected) {
        long session = lease.session();
        return Write.set(path, new ClaimEntry(site.node(), started, session).encode(), expected)
                .under(session);
    }

    /** What is known of a claim that this runner has just been given, before the feed brings it. */
    ClaimEntry claimed(long session) {
        return new ClaimEntry(site.node(), 0, session);
    }

    /** Whether a claim is held by this runner's session. */
    boolean isOurs(Followed<ClaimEntry> claim) {
        ClaimEntry is = claim.value();
        return is != null && is.session() != 0 && is.session() == lease.session();
    }

    /** This state of the job, with now for the times that cannot be true. */
    StateEntry believed(Job job, StateEntry state) {
        JobEntry entry = job.entry();
        return entry == null ? state : Schedule.believed(entry, state, now);
    }

    CodeEntry code(JobEntry entry) {
        return entry.code() == null ? new CodeEntry.Missing(Path.ROOT) : catalog.find(entry.code());
    }

    /** Where the procedure of a run is stored. */
    Path procedure(Attempt attempt) {
        return site.codes().append(attempt.procedure().path());
    }

    /** What is decided of a job that nobody runs, were this its state. */
    Decision decide(Job job, StateEntry state) {
        JobEntry entry = job.entry();
        if (entry == null) {
            return job.bad() == null
                    ? new Decision.Nothing(Stop.ENTRY_DELETED.reason())
                    : new Decision.Refuse(Stop.BAD_ENTRY.reason(), job.bad());
        }
        if (job.id.isCall() && state.started() > 0) {
            // A call begins once: whoever waits for it hears how it ended, and knows whether to call again.
            return new Decision.Nothing(state.reason());
        }
        CodeEntry code = code(entry);
        Attempt failed = job.failedAttempt(state);
        boolean mended = failed != null && (failed.mendedBy(entry, code) || !catalog.areCurrent(failed.uses()));
        Decision decision = Schedule.decide(entry, state, code, mended, now);
        return decision instanceof Decision.Start ? placed(job, decision) : decision;
    }

    /** The decision to start a job, if there is a place for it. */
    private Decision placed(Job job, Decision start) {
        NodeRefusal own = job.refusal();
        if (own != null && job.id.kind() != Kind.ANY) {
            return new Decision.Refuse(own.reason(), own.message());
        }
        Reason reason = refusal(job.id.kind(), job.labels());
        if (reason == null) {
            return start;
        }
        return reason.code() == Reason.Code.NO_NODE_ACCEPTS
                ? new Decision.Refuse(reason, own == null ? "The nodes that could run it refuse it" : own.message())
                : new Decision.Nothing(reason);
    }

    /** Why this node does not accept a job; {@code null} if it does. */
    @Nullable
    NodeRefusal refusal(Job job) {
        JobEntry entry = job.entry();
        return entry == null ? null : acceptance.refusal(entry, catalog);
    }

    /** Why there is no place for a job that asks for these labels; {@code null} if there is one. */
    private @Nullable Reason refusal(Kind kind, Set<String> has) {
        if (kind == Kind.ANY) {
            return share.refusal(has);
        }
        Set<String> lacking = new TreeSet<>(has);
        lacking.removeAll(site.labels());
        return lacking.isEmpty() ? null : Placement.lacking(lacking);
    }

    /** A state that says what comes next, and the errors that it tells of. */
    record Settled(StateEntry state, List<ErrorReport> errors) {}

    /** What the job's state is to say if that is what was decided of the job in this state. */
    Settled settle(Job job, StateEntry state, Decision decision) {
        return switch (decision) {
            case Decision.Start start -> new Settled(state.because(start.reason(), start.due()), List.of());
            case Decision.WaitUntil wait -> new Settled(state.because(wait.reason(), wait.time()), List.of());
            case Decision.Nothing nothing -> new Settled(state.because(nothing.reason(), 0), List.of());
            case Decision.Refuse refuse ->
                new Settled(state.because(refuse.reason(), 0), refusal(job, refuse.message()));
        };
    }

    private List<ErrorReport> refusal(Job job, String message) {
        JobEntry entry = job.entry();
        Map<String, @Nullable Object> data = entry == null ? Map.of() : Collections.singletonMap("code", entry.code());
        List<ErrorReport> reports = new ArrayList<>();
        reports.add(ErrorReport.Failed.plain(ErrorReport.RUN, site.entry(job.id), message, data));
        if (entry != null && code(entry) instanceof CodeEntry.Broken(Path procedure, String why)) {
            reports.add(
                    ErrorReport.Failed.plain(ErrorReport.COMPILE, site.codes().append(procedure), why, Map.of()));
        }
        return reports;
    }

    /** Why the run of a job must not go on; {@code null} if it may. */
    @Nullable
    Stop disturbance(Job job, Run run) {
        Followed<ClaimEntry> claim = run.isStandby() ? job.standby() : job.claim();
        boolean hasIt = claim.isPresent() && claim.tick() == run.claim.tick();
        // While it takes over the news may be ahead of the answer, which says which claim it has.
        if (!run.isTakingOver() && !hasIt) {
            return run.wasOffered && claim.isPresent() ? Stop.HANDED_OVER : Stop.CLAIM_LOST;
        }
        if (closing) {
            return Stop.RUNNER_STOPPED;
        }
        JobEntry entry = job.entry();
        if (entry == null) {
            return job.bad() == null ? Stop.ENTRY_DELETED : Stop.BAD_ENTRY;
        }
        Stop stop = run.attempt.disturbedBy(entry, code(entry));
        if (stop == null && !catalog.areCurrent(run.attempt.uses())) {
            return Stop.CODE_CHANGED;
        }
        return stop == null && !mayStay(job) ? Stop.MOVED : stop;
    }

    /** That a run is set up, with what it said about that: its errors are over. */
    ErrorReport setupDone(Job job, RunEvent.SetupDone said) {
        return new ErrorReport.Well(ErrorReport.RUN, site.entry(job.id), said.comment(), said.data());
    }

    /** Whether this node may go on with a job that it runs. */
    private boolean mayStay(Job job) {
        if (job.id.kind() == Kind.ANY && !job.id.isCall()) {
            return share.mayRun(job.labels());
        }
        return job.refusal() == null && (job.id.isCall() || site.labels().containsAll(job.labels()));
    }

    /** Whether a changed piece of code is one that this job is to run or runs, or that its last run used. */
    boolean concerns(Job job, CodeId changed) {
        JobEntry entry = job.entry();
        Run run = job.run();
        return uses(run == null ? null : run.attempt, changed)
                || uses(job.failedAttempt(), changed)
                || (entry != null && entry.code() != null && catalog.concerns(CodeId.procedure(entry.code()), changed));
    }

    private static boolean uses(@Nullable Attempt attempt, CodeId changed) {
        return attempt != null
                && (changed.equals(CodeId.procedure(attempt.procedure().path()))
                        || attempt.uses().containsKey(changed));
    }

    /** Reports, each with what is known of its subject; those that would change nothing are left out. */
    List<CommitRequest.News> news(List<ErrorReport> reports) {
        List<CommitRequest.News> news = new ArrayList<>();
        for (ErrorReport report : reports) {
            List<ErrorRecord> open = errors.opens(report.subsystem(), report.path());
            switch (report) {
                case ErrorReport.Failed failed -> {
                    ErrorRecord one = errors.find(failed.subsystem(), failed.path());
                    news.add(new CommitRequest.News(failed, one));
                    open.stream().filter(other -> !other.equals(one)).forEach(other -> news.add(over(other)));
                }
                case ErrorReport.Well well -> open.forEach(known -> news.add(new CommitRequest.News(well, known)));
            }
        }
        return news;
    }

    /** The open errors of a job, on whatever nodes. */
    List<ErrorRecord> openErrors(Job job) {
        return errors.opensAnywhere(ErrorReport.RUN, site.entry(job.id));
    }

    /** That an error is over since it is recorded elsewhere, or since what it was about is gone. */
    static CommitRequest.News over(ErrorRecord known) {
        return new CommitRequest.News(new ErrorReport.Well(known.subsystem(), known.about(), null, Map.of()), known);
    }
}
