package distkv.runner.lifecycle;

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
record NodeLoss(StateEntry state, ErrorReport report) {
    private static final String KILLED = "Runner killed";
    private static final String RESTARTED = "Runner restarted";
    private static final String UNRECORDED = "How the run ended could not be recorded";

    /**
     * The loss of a job whose state names a node, while nobody has its claim, or nobody who runs it. It counts from the
     * time of the last news: a time that moved on would let nobody's turn come.
     */
    static NodeLoss of(Job job, Site site) {
        StateEntry state = job.state();
        String what = !site.node().equals(state.node()) ? KILLED : job.claim().isPresent() ? UNRECORDED : RESTARTED;
        ErrorReport.Failed report = ErrorReport.Failed.plain(
                ErrorReport.RUN, site.entry(job.id), what, Map.of("node", String.valueOf(state.node())));
        return new NodeLoss(
                state.lost(job.newsAt()), what.equals(UNRECORDED) ? report : report.because(Reason.Code.NODE_LOST));
    }
}
