package distkv.runner.lifecycle;

import distkv.model.Path;
import distkv.runner.worker.Ended;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a run means: a pure function of how it ended and whether it was told to.
 *
 * @param state the job's state after it
 * @param failure whether it counts as an error
 * @param say what to tell the operator, or {@code null}
 */
record Outcome(
        StateEntry state,
        boolean failure,
        List<ErrorReport> reports,
        Level level,
        @Nullable String say) {

    /** A result is part of the job's state, which every runner of the group keeps in memory. */
    private static final int LARGEST_RESULT = 1 << 20;

    private static final String KILLED = "Runner killed";
    private static final String RESTARTED = "Runner restarted";
    private static final String UNRECORDED = "How the run ended could not be recorded";

    /**
     * The outcome of a run.
     *
     * @param why why it was told to end; {@code null}: it was not
     */
    static Outcome of(Run run, @Nullable Stop why, Path job, Path procedure, Ended ended, double now) {
        return switch (ended) {
            case Ended.Done done
            when done.result().size() > LARGEST_RESULT ->
                failed(run, job, procedure, tooLarge(done.result().size()), now);
            case Ended.Done done ->
                new Outcome(
                        run.state.done(now, done.result()),
                        false,
                        List.of(new ErrorReport.Well(ErrorReport.RUN, job, null, Map.of())),
                        Level.DEBUG,
                        null);
            case Ended.Failed failed
            when why != null || failed.fault() == Ended.Fault.LOST ->
                stopped(run, why == null ? Stop.CLAIM_LOST : why, now);
            // Its lease was renewed after all, too late for the workers' parent.
            case Ended.Died died when why == null && died.overdue() -> stopped(run, Stop.CUT_OFF, now);
            case Ended.Died died
            when why != null || died.deliberate() -> stopped(run, why == null ? Stop.WORKER_RESTARTED : why, now);
            case Ended.Failed failed
            when failed.fault() == Ended.Fault.STALLED -> interrupted(run, Stop.STALLED, failed, now);
            case Ended.Failed failed
            when failed.fault() == Ended.Fault.INTERRUPTED -> interrupted(run, Stop.SERVER_LOST, failed, now);
            case Ended.Failed failed -> failed(run, job, procedure, failed, now);
            case Ended.Died died -> died(run, job, died, now);
        };
    }

    /**
     * The outcome of a run that was not recorded to its end, since its runner was killed: on another node, or on this one
     * in a former life. The job's state names a node, while nobody has its claim, or nobody who runs it. It counts from
     * the time of the last news: a time that moved on would let nobody's turn come.
     */
    static Outcome lost(Job job, Site site) {
        StateEntry state = job.state();
        String what = !site.node().equals(state.node()) ? KILLED : job.claim().isPresent() ? UNRECORDED : RESTARTED;
        ErrorReport.Failed report = ErrorReport.Failed.plain(
                ErrorReport.RUN, site.entry(job.id), what, Map.of("node", String.valueOf(state.node())));
        return new Outcome(
                state.lost(job.newsAt()),
                true,
                List.of(what.equals(UNRECORDED) ? report : report.because(Reason.Code.NODE_LOST)),
                Level.DEBUG,
                null);
    }

    private static Ended.Failed tooLarge(int size) {
        String message = "result of " + size + " bytes (expected: " + LARGEST_RESULT + " or fewer)";
        return new Ended.Failed(Ended.Fault.ERROR, "ValueError", message, null, null, Map.of());
    }

    private static Outcome stopped(Run run, Stop stop, double now) {
        boolean mended = stop == Stop.CODE_CHANGED || stop == Stop.DATA_CHANGED || stop == Stop.LIMITS_CHANGED;
        int errors = mended ? 0 : run.state.backoff();
        return new Outcome(run.state.ended(now, errors, stop), false, List.of(), Level.DEBUG, null);
    }

    /** Nobody has told it to end, but it is no error of the job either. */
    private static Outcome interrupted(Run run, Stop stop, Ended.Failed failed, double now) {
        String say = stop.reason().text() + ": " + failed.summary(null);
        return new Outcome(run.state.ended(now, run.state.backoff(), stop), false, List.of(), Level.WARNING, say);
    }

    private static Outcome died(Run run, Path job, Ended.Died died, double now) {
        String message = "worker died: " + died.how();
        ErrorReport report = ErrorReport.Failed.plain(
                ErrorReport.RUN, job, message, run.attempt.job().data());
        // Who kills the parent takes all its workers along: as when a runner is killed, that costs nothing the first
        // time.
        StateEntry state = died.withParent() ? run.state.lost(now) : run.state.failed(now, message);
        return new Outcome(state, true, List.of(report), Level.ERROR, message);
    }

    private static Outcome failed(Run run, Path job, Path procedure, Ended.Failed failed, double now) {
        ErrorReport onJob = run.report(ErrorReport.RUN, job, 0, null, failed);
        List<ErrorReport> reports = switch (failed.fault()) {
            case RECORDED -> List.of();
            case COMPILE -> List.of(onJob, run.report(ErrorReport.COMPILE, procedure, 0, null, failed));
            default -> List.of(onJob);
        };
        String line = failed.summary(null);
        return new Outcome(run.state.failed(now, line), true, reports, Level.ERROR, line);
    }
}
