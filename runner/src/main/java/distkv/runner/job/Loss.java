package distkv.runner.job;

import distkv.runner.error.Report;
import java.util.Map;

/**
 * A run on another node that was not recorded to its end, since its runner was killed.
 *
 * @param state what the job's state is to say
 * @param report the error
 */
record Loss(StateEntry state, Report report) {
    private static final String KILLED = "Runner killed";

    /** The loss of a job whose state names a node, while nobody has its claim. */
    static Loss of(Job job, double now) {
        StateEntry state = job.state;
        return new Loss(
                state.lost(now),
                Report.Failed.plain(Report.RUN, job.entryPath, KILLED, Map.of("node", String.valueOf(state.node()))));
    }
}
