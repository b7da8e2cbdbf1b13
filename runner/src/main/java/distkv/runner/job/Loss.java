package distkv.runner.job;

import distkv.schema.error.ErrorReport;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.Map;

/**
 * A run that was not recorded to its end, since its runner was killed: on another node, or on this one in a former life.
 *
 * @param state what the job's state is to say
 * @param report the error
 */
record Loss(StateEntry state, ErrorReport report) {
    private static final String KILLED = "Runner killed";
    private static final String RESTARTED = "Runner restarted";
    private static final String UNRECORDED = "How the run ended could not be recorded";

    /**
     * The loss of a job whose state names a node, while nobody has its claim, or nobody who runs it. It counts from the
     * time of the last news: a time that moved on would let nobody's turn come.
     *
     * @param node this one
     */
    static Loss of(Job job, String node) {
        StateEntry state = job.state;
        String what = !node.equals(state.node()) ? KILLED : job.claim.isHeld() ? UNRECORDED : RESTARTED;
        ErrorReport.Failed report = ErrorReport.Failed.plain(
                ErrorReport.RUN, job.entryPath, what, Map.of("node", String.valueOf(state.node())));
        return new Loss(
                state.lost(job.newsAt), what.equals(UNRECORDED) ? report : report.because(Reason.Code.NODE_LOST));
    }
}
