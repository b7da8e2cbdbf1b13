package distkv.cli.view;

import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.JobAddress;
import distkv.schema.job.Kind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of jobs. A job for all nodes has a state on each of them, printed as a map from node to state. The claims
 * say which jobs run.
 */
public final class JobStates {
    private final TreeClient tree;
    private final JobScope scope;
    private final Printer printer;
    private @Nullable Map<Path, Map<Object, Entry>> loaded;
    private @Nullable ClaimedRuns runs;
    private final Map<Path, Map<Object, RunStatus.Running>> running = new HashMap<>();

    public JobStates(TreeClient tree, JobScope scope, Printer printer) {
        this.tree = tree;
        this.scope = scope;
        this.printer = printer;
    }

    /** For each node that has a state of this job, the state; the node is "" unless the job is one of all nodes. */
    public Map<Object, Entry> of(Path job) throws InterruptedException {
        if (loaded == null) {
            loaded = load();
        }
        return loaded.getOrDefault(job, Map.of());
    }

    /** Which of these jobs run. */
    public ClaimedRuns runs() throws InterruptedException {
        if (runs == null) {
            runs = ClaimedRuns.load(tree, part());
            runs.running().forEach((at, run) -> {
                JobAddress job = JobAddress.ofState(at);
                if (job != null) {
                    running.computeIfAbsent(job.name(), name -> new TreeMap<>()).put(key(job), run);
                }
            });
        }
        return runs;
    }

    /** Where these states, and the claims, are below their prefix. */
    private Path part() {
        return scope.states(tree.config())
                .tail(tree.config().prefixes().states().length());
    }

    /** The node, of a job that each node has a state of. */
    private static Object key(JobAddress state) {
        return state.kind() == Kind.ALL ? state.node() : "";
    }

    /** For each node that has a state of this job or runs it, whether it does; the node is as in {@link #of}. */
    public Map<Object, RunStatus> statuses(Path job) throws InterruptedException {
        Map<Object, RunStatus> statuses = new TreeMap<>();
        for (Map.Entry<Object, Entry> state : of(job).entrySet()) {
            statuses.put(state.getKey(), runs().of(state.getValue()));
        }
        runs();
        statuses.putAll(running.getOrDefault(job, Map.of()));
        return statuses;
    }

    private Map<Path, Map<Object, Entry>> load() throws InterruptedException {
        Path prefix = tree.config().prefixes().states();
        Map<Path, Map<Object, Entry>> states = new HashMap<>();
        for (Entry entry : tree.below(scope.states(tree.config()), 0, -1)) {
            JobAddress job = JobAddress.ofState(entry.path().below(prefix));
            if (job != null) {
                states.computeIfAbsent(job.name(), name -> new LinkedHashMap<>())
                        .put(key(job), entry);
            }
        }
        return states;
    }

    /** A job's state as it is printed, or {@code null} if it has none. */
    @Nullable
    public Object shown(Path job) throws InterruptedException {
        Map<Object, Entry> states = of(job);
        if (scope.kind() != Kind.ALL) {
            Entry entry = states.get("");
            return entry == null ? null : shown(entry);
        }
        Map<Object, @Nullable Object> nodes = new LinkedHashMap<>();
        for (Map.Entry<Object, Entry> state : states.entrySet()) {
            nodes.put(state.getKey(), shown(state.getValue()));
        }
        return nodes.isEmpty() ? null : nodes;
    }

    private @Nullable Object shown(Entry entry) throws InterruptedException {
        Object state = Printer.decoded(entry);
        if (state instanceof Map<?, ?> map) {
            // The command "history" shows them.
            Map<Object, @Nullable Object> rest = new LinkedHashMap<>(map);
            rest.remove("runs");
            switch (runs().of(entry)) {
                case RunStatus.Running run -> rest.put("node", run.node());
                case RunStatus.Lost lost -> {
                    rest.put("lost", lost.node());
                    rest.put("node", null);
                    rest.put("reason", lost.why());
                }
                case RunStatus.Idle _ -> {}
            }
            state = rest;
        }
        return printer.shown(tree.name(), entry, printer.dates().added(state));
    }

    /** A job with its state in it. */
    @Nullable
    public Object beside(@Nullable Object job, Path name) throws InterruptedException {
        Object state = shown(name);
        if (state == null || !(job instanceof Map<?, ?> map)) {
            return job;
        }
        Map<Object, @Nullable Object> both = new LinkedHashMap<>(map);
        both.put("state", state);
        return both;
    }
}
