package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Kind;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the table of jobs says of one: who runs it, or else why nobody does.
 *
 * @param errors its open records
 */
record TableRow(JobScope scope, States states, Path job, boolean paused, List<ErrorRecords.ErrorRecord> errors) {
    /**
     * What is so.
     *
     * @param running the nodes that run it
     * @param text for people
     */
    record Fates(List<String> running, String text) {}

    Fates fates() throws InterruptedException {
        List<String> running = new ArrayList<>();
        List<String> lost = new ArrayList<>();
        List<String> away = new ArrayList<>();
        states.fates(job).forEach((node, fate) -> {
            switch (fate) {
                case Fate.Running run -> running.add(run.node());
                case Fate.Lost gone when gone.away() -> away.add("-" + gone.why() + "-");
                case Fate.Lost gone -> lost.add("-" + gone.why() + "-");
                case Fate.Idle _ -> {}
            }
        });
        List<String> parts = new ArrayList<>();
        if (!running.isEmpty()) {
            parts.add(String.join(",", running));
        }
        if (running.isEmpty() || scope.kind() == Kind.ALL) {
            parts.addAll(lost);
            // One node has it, or none: that it is lost is the news, and the error is how it was lost the time before.
            if (scope.kind() == Kind.ALL) {
                parts.addAll(failures(running));
            }
        }
        if (running.isEmpty() && paused) {
            return new Fates(running, "-paused-");
        }
        return new Fates(running, parts.isEmpty() ? rest(away) : String.join("; ", parts));
    }

    /** Of a job that nobody runs, and nobody who is there has failed to run. */
    private String rest(List<String> away) throws InterruptedException {
        if (!away.isEmpty()) {
            return String.join("; ", away);
        }
        if (!errors.isEmpty()) {
            return errors.getLast().line();
        }
        Map<Object, Entry> all = states.of(job);
        for (Entry state : all.values()) {
            Reason reason = state.value() == null
                    ? Reason.NONE
                    : StateEntry.read(state.value()).reason();
            if (reason.code().lacksNode()) {
                return "-" + reason.text() + "-";
            }
        }
        return all.isEmpty() ? "-never-" : "-stopped-";
    }

    /** What those nodes of the group said last that are there and do not run it. */
    private List<String> failures(List<String> running) throws InterruptedException {
        Map<String, ErrorRecords.ErrorRecord> last = new TreeMap<>();
        for (ErrorRecords.ErrorRecord record : errors) {
            String node = record.last().node();
            if (!running.contains(node) && states.runs().isPresent(scope.group(), node, Kind.ALL)) {
                last.merge(
                        node,
                        record,
                        (one, other) -> one.last().seen() > other.last().seen() ? one : other);
            }
        }
        return last.values().stream().map(ErrorRecords.ErrorRecord::line).toList();
    }
}
