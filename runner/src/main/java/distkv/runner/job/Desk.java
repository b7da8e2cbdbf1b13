package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.balance.FairShare;
import distkv.runner.balance.Pace;
import distkv.schema.code.Catalog;
import distkv.schema.code.Code;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What the parts of the dispatcher share. Used by the decision thread only. */
final class Desk {
    final String node;
    final Path codes;
    final Path modules;
    final Hands hands;
    final Catalog catalog;
    final ErrorIndex errors;
    final Wakes wakes = new Wakes();
    /** Jobs that could start if there were room. */
    final LinkedHashSet<Job> crowded = new LinkedHashSet<>();

    final FairShare share;
    final Pace pace = new Pace();
    private final Set<String> labels;
    /** How many runs have a worker that has not begun with them; those in Java, whose process takes long to start, do not count. */
    int starting;
    /** Whether all feeds are read and the server answers: only then is anything begun. */
    boolean open;

    boolean closing;
    Lease lease = new Lease(0, Double.NEGATIVE_INFINITY, 0);
    private final DoubleSupplier clock;

    Desk(Site site, Hands hands, Catalog catalog, ErrorIndex errors, DoubleSupplier clock) {
        this.node = site.node();
        this.labels = site.labels();
        this.share = new FairShare(node);
        this.codes = site.codes();
        this.modules = site.modules();
        this.hands = hands;
        this.catalog = catalog;
        this.errors = errors;
        this.clock = clock;
    }

    /** Unix time. */
    double now() {
        return clock.getAsDouble();
    }

    /** This node's claim, for as long as its session lives. */
    Write claim(Path path, double started, Expectation expected) {
        long session = lease.session();
        return Write.set(path, new ClaimEntry(node, started, session).encode(), expected)
                .under(session);
    }

    /** Whether a claim is held by this runner's session. */
    boolean isOurs(Claim claim) {
        return claim.isHeld() && claim.session() != 0 && claim.session() == lease.session();
    }

    /** This state of the job, with now for the times that cannot be true. */
    StateEntry believed(Job job, StateEntry state) {
        return job.entry == null ? state : Schedule.believed(job.entry, state, now());
    }

    /** What is decided of a job that nobody runs, were this its state. */
    Decision decide(Job job, StateEntry state) {
        JobEntry entry = job.entry;
        if (entry == null) {
            return job.bad == null
                    ? new Decision.Nothing(Stop.ENTRY_DELETED.reason())
                    : new Decision.Refuse(Stop.BAD_ENTRY.reason(), job.bad);
        }
        if (job.id.isCall() && state.started() > 0) {
            // A call begins once: whoever waits for it hears how it ended, and knows whether to call again.
            return new Decision.Nothing(state.reason());
        }
        Code code = code(entry);
        // What failed here counts only if no other node has run the job since.
        boolean mended = job.failed != null
                && job.failed.started() == state.started()
                && (job.failed.attempt().mendedBy(entry, code)
                        || !catalog.areCurrent(job.failed.attempt().uses()));
        Decision decision = Schedule.decide(entry, state, code, mended, now());
        if (decision instanceof Decision.Start) {
            Reason refusal = refusal(job.id.kind(), entry.placement().has());
            return refusal == null ? decision : new Decision.Nothing(refusal);
        }
        return decision;
    }

    /** Counts the job as what it is now. */
    void count(Job job) {
        Set<String> has = job.entry == null ? Set.of() : job.entry.placement().has();
        share.count(job.stake, job.countsToward(node), has, job.due);
    }

    /** Why there is no place for a job that asks for these labels; {@code null} if there is one. */
    private @Nullable Reason refusal(Kind kind, Set<String> has) {
        if (kind == Kind.ANY) {
            return share.refusal(has);
        }
        Set<String> lacking = new TreeSet<>(has);
        lacking.removeAll(labels);
        return lacking.isEmpty() ? null : Placement.lacking(lacking);
    }

    /** Whether this node may go on with a job that it runs. */
    boolean mayStay(Job job, JobEntry entry) {
        Set<String> has = entry.placement().has();
        return job.id.kind() == Kind.ANY ? job.id.isCall() || share.mayRun(has) : labels.containsAll(has);
    }

    /** Where the procedure of a run is stored. */
    Path procedure(Run run) {
        return codes.append(run.attempt.procedure().path());
    }

    Code code(JobEntry entry) {
        return entry.code() == null ? new Code.Missing(Path.ROOT) : catalog.find(entry.code());
    }

    /** Whether a changed piece of code is one that this job is to run or runs, or that its last run used. */
    boolean concerns(Job job, CodeId changed) {
        JobEntry entry = job.entry;
        return uses(job.run == null ? null : job.run.attempt, changed)
                || uses(job.failed == null ? null : job.failed.attempt(), changed)
                || (entry != null && entry.code() != null && catalog.concerns(CodeId.procedure(entry.code()), changed));
    }

    private static boolean uses(@Nullable Attempt attempt, CodeId changed) {
        return attempt != null
                && (changed.equals(CodeId.procedure(attempt.procedure().path()))
                        || attempt.uses().containsKey(changed));
    }

    /** A state that says what comes next, and the errors that it tells of. */
    record Settled(StateEntry state, List<ErrorReport> errors) {}

    /** What the job's state is to say, were this its state. */
    Settled settle(Job job, StateEntry state) {
        return settle(job, state, decide(job, state));
    }

    /** The same, if that is what was decided of the job in this state. */
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
        JobEntry entry = job.entry;
        Map<String, @Nullable Object> data = entry == null ? Map.of() : Collections.singletonMap("code", entry.code());
        List<ErrorReport> reports = new ArrayList<>();
        reports.add(ErrorReport.Failed.plain(ErrorReport.RUN, job.entryPath, message, data));
        if (entry != null && code(entry) instanceof Code.Broken(Path procedure, String why)) {
            reports.add(ErrorReport.Failed.plain(ErrorReport.COMPILE, codes.append(procedure), why, Map.of()));
        }
        return reports;
    }

    /** Reports, each with what is known of its subject; those that would change nothing are left out. */
    List<Ask.News> news(List<ErrorReport> reports) {
        List<Ask.News> news = new ArrayList<>();
        for (ErrorReport report : reports) {
            List<ErrorRecord> open = errors.opens(report.subsystem(), report.path());
            switch (report) {
                case ErrorReport.Failed failed -> {
                    ErrorRecord one = errors.find(failed.subsystem(), failed.path());
                    news.add(new Ask.News(failed, one));
                    open.stream().filter(other -> !other.equals(one)).forEach(other -> news.add(over(other)));
                }
                case ErrorReport.Well well -> open.forEach(known -> news.add(new Ask.News(well, known)));
            }
        }
        return news;
    }

    /** The open errors of a job, on whatever nodes. */
    List<ErrorRecord> openErrors(Job job) {
        return errors.opensAnywhere(ErrorReport.RUN, job.entryPath);
    }

    /** That an error is over since it is recorded elsewhere, or since what it was about is gone. */
    static Ask.News over(ErrorRecord known) {
        return new Ask.News(new ErrorReport.Well(known.subsystem(), known.about(), null, Map.of()), known);
    }
}
