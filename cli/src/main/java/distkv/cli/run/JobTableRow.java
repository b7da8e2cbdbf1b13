package distkv.cli.run;

import distkv.cli.context.JobScope;
import distkv.cli.view.ErrorRecords;
import distkv.cli.view.JobStates;
import distkv.cli.view.NextAttempts;
import distkv.cli.view.RunStatus;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row in the table of jobs: who runs the job, or else why nobody does.
 *
 * @param errors the open error records of the job
 * @param now unix time
 */
record JobTableRow(
        JobScope scope,
        JobStates states,
        Path job,
        boolean paused,
        List<ErrorRecords.RecordedError> errors,
        double now) {
    /**
     * The status of the job on all nodes.
     *
     * @param running the nodes that run it
     * @param text for people
     */
    record Status(List<String> running, String text) {}

    Status status() throws InterruptedException {
        List<String> running = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        List<String> away = new ArrayList<>();
        states.statuses(job).forEach((node, status) -> {
            switch (status) {
                case RunStatus.Running run -> running.add(run.node());
                case RunStatus.Lost gone when gone.away() -> away.add("-" + gone.why() + "-");
                case RunStatus.Lost gone -> lost.add("-" + gone.why() + "-");
                case RunStatus.Idle _ -> {}
            }
        });
        List<String> parts = new ArrayList<>();
        if (!running.isEmpty()) {
            parts.add(String.join(",", running));
        }
        if (running.isEmpty() || scope.kind() == Kind.ALL) {
            parts.addAll(lost);
            // At most one node runs it. That it is lost is more recent than the error, which says how it was lost
            // before.
            if (scope.kind() == Kind.ALL) {
                parts.addAll(failures(running));
            }
        }
        if (running.isEmpty() && paused) {
            return new Status(running, "-paused-");
        }
        return new Status(running, parts.isEmpty() ? rest(away) : String.join("; ", parts));
    }

    /** The text for a job that no node runs and no present node has failed to run. */
    private String rest(List<String> away) throws InterruptedException {
        if (!away.isEmpty()) {
            return String.join("; ", away);
        }
        if (!errors.isEmpty()) {
            return errors.getLast().line();
        }
        Map<Object, Entry> all = states.of(job);
        double next = Double.POSITIVE_INFINITY;
        for (Entry entry : all.values()) {
            StateEntry state = StateEntry.read(entry.value());
            if (state.reason().code().lacksNode()) {
                return "-" + state.reason().text() + "-";
            }
            next = state.computed() > 0 ? Math.min(next, state.computed()) : next;
        }
        if (next < Double.POSITIVE_INFINITY) {
            return "-next " + NextAttempts.text(next, now) + "-";
        }
        return all.isEmpty() ? "-never-" : "-stopped-";
    }

    /** The last reports of those nodes of the group that are present and do not run the job. */
    private List<String> failures(List<String> running) throws InterruptedException {
        Map<String, ErrorRecords.RecordedError> last = new TreeMap<>();
        for (ErrorRecords.RecordedError error : errors) {
            String node = error.last().node();
            if (!running.contains(node) && states.runs().isPresent(scope.group(), node, Kind.ALL)) {
                last.merge(
                        node,
                        error,
                        (one, other) -> one.last().detail().seen()
                                        > other.last().detail().seen()
                                ? one
                                : other);
            }
        }
        return last.values().stream().map(ErrorRecords.RecordedError::line).toList();
    }
}
