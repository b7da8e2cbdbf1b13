package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.group.GroupSettings;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must come to pass once everything is healthy: within one time to live, the second that a full node lets the
 * others go first, and the time that it may take until a runner hears of the end of a claim, every job that is due is run.
 */
final class SimLiveness {
    static final double BOUND = SimSession.TTL + 1 + SimFeeds.LATEST;

    private final Sim sim;
    private final List<SimHistory.Task> tasks;

    SimLiveness(Sim sim, List<SimHistory.Task> tasks) {
        this.sim = sim;
        this.tasks = tasks;
    }

    /** Every job that was due then, when everything has been healthy since, has been run since. */
    void everyJobThatWasDueHasRun(double since) {
        if (sim.room < Integer.MAX_VALUE) {
            // There may be no room for it.
            return;
        }
        TreeSet<String> idle = new TreeSet<>();
        for (SimHistory.Task task : tasks) {
            JobEntry entry = entry(task);
            if (entry == null
                    || sim.store.get(Sim.CODES.child(task.group().name).child("demo")) == null) {
                continue;
            }
            switch (task.kind()) {
                case ANY -> {
                    if (task.group().nodes.stream().anyMatch(node -> mayRun(task, node))) {
                        check(task, entry, task.group().nodes.getFirst(), since, idle);
                    }
                }
                case AT, ALL ->
                    task.group().nodes.stream()
                            .filter(node -> mayRun(task, node))
                            .forEach(node -> check(task, entry, node, since, idle));
            }
        }
        if (!idle.isEmpty()) {
            throw new SimCheck.Violation("due, but run by nobody although all is healthy: " + idle);
        }
    }

    private void check(SimHistory.Task task, JobEntry entry, SimNode node, double since, Set<String> idle) {
        String job = SimCheck.where(task.entry(), node.name);
        StateEntry state = state(task, node);
        // What has the claim since then is about to begin.
        boolean begins = state.node() != null && state.started() > since;
        if (!begins && !sim.check.hasBeenActive(job, since) && isDue(entry, state, since)) {
            Path claim =
                    task.kind().states(Sim.CLAIMS, task.group().name, node.name).child(task.name());
            idle.add(job + " (" + state + ", claim " + content(claim) + ", " + entry + ")");
        }
    }

    /** Whether it was due then: also if its state says that somebody runs it, as nobody does. */
    private boolean isDue(JobEntry job, StateEntry state, double since) {
        if (job.target() > state.started()) {
            return job.target() <= since;
        }
        double latest = sim.check.latest(job, state);
        return latest < Double.POSITIVE_INFINITY && latest <= since;
    }

    private boolean mayRun(SimHistory.Task task, SimNode node) {
        boolean here = task.kind() != Kind.AT || node.name.equals(task.node());
        return here
                && !node.isRetired()
                && node.labels.containsAll(task.has())
                && (task.kind() != Kind.ANY || !isDrained(node));
    }

    private boolean isDrained(SimNode node) {
        return GroupSettings.read(value(Sim.GROUPS.child(node.group.name)))
                .drained()
                .contains(node.name);
    }

    private @Nullable JobEntry entry(SimHistory.Task task) {
        Value value = value(task.entry());
        return value == null ? null : SimCheck.read(value);
    }

    private StateEntry state(SimHistory.Task task, SimNode node) {
        Value value = value(
                task.kind().states(Sim.STATES, task.group().name, node.name).child(task.name()));
        return value == null ? StateEntry.NEW : StateEntry.read(value);
    }

    private @Nullable Value value(Path path) {
        Entry entry = sim.store.get(path);
        return entry == null ? null : entry.value();
    }

    private @Nullable Object content(Path path) {
        Value value = value(path);
        return value == null ? null : Values.decode(value);
    }
}
