package distkv.runner;

import distkv.client.ClientOptions;
import distkv.runner.accept.NodePolicy;
import distkv.runner.sandbox.SecretFiles;
import distkv.runner.worker.PythonCommand;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a runner serves, and how.
 *
 * @param node the name of this node; for jobs of the kind {@code at} the one that they name
 * @param group the group of nodes that it belongs to
 * @param kinds which kinds of job it runs
 * @param nodes how many nodes the group should have; 0: what the group's entry in the store says
 * @param ttl how long after its last sign of life the runner counts as gone, 300 ms or more
 * @param host the server, as the workers reach it
 * @param config what code sees as {@code _cfg}
 * @param maxWorkers how many processes may run code at once
 * @param runsPerWorker how many runs may share one of them
 * @param capacity how much this node can bear, compared with the others; more than 0
 * @param labels what it has that not every node has, for jobs that ask for it
 * @param limits how much a run may use whose job does not say
 * @param secrets the node's secrets
 * @param policy which code and jobs it accepts
 * @param idle after how long without taking a message, while messages wait, a job counts as stalled
 */
public record RunnerOptions(
        String node,
        String group,
        Set<Kind> kinds,
        int nodes,
        Duration ttl,
        String host,
        int port,
        PythonCommand python,
        Prefixes prefixes,
        Map<String, @Nullable Object> config,
        int maxWorkers,
        int runsPerWorker,
        double capacity,
        Set<String> labels,
        Limits limits,
        SecretFiles secrets,
        NodePolicy policy,
        Duration idle,
        JobLog log) {

    /** The group of those who name none. */
    public static final String DEFAULT_GROUP = "default";

    private static final Duration SHORTEST_TTL = Duration.ofMillis(300);

    public RunnerOptions {
        kinds = Set.copyOf(kinds);
        labels = Set.copyOf(labels);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        require(!node.isEmpty(), "node", "an empty name", "a name");
        require(!group.isEmpty(), "group", "an empty name", "a name");
        require(!kinds.isEmpty(), "kinds", kinds, "one or more");
        require(nodes >= 0, "nodes", nodes, "0 or more");
        require(ttl.compareTo(SHORTEST_TTL) >= 0, "ttl", ttl.toMillis() + " ms", "300 ms or more");
        require(capacity > 0 && Double.isFinite(capacity), "capacity", capacity, "a number, more than 0");
        require(!labels.contains(""), "label", "an empty text", "a text");
        require(maxWorkers > 0, "max workers", maxWorkers, "1 or more");
        require(runsPerWorker > 0, "runs per worker", runsPerWorker, "1 or more");
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + found + " (expected: " + expected + ")");
        }
    }

    /** A runner of this node that serves these kinds in the default group, with {@code python3}. */
    public static RunnerOptions of(String node, Set<Kind> kinds) {
        return new RunnerOptions(
                node,
                DEFAULT_GROUP,
                kinds,
                0,
                Duration.ofSeconds(3),
                "localhost",
                ClientOptions.DEFAULT_PORT,
                PythonCommand.of("python3"),
                Prefixes.DEFAULT,
                Map.of(),
                64,
                50,
                Machine.capacity(),
                Set.of(),
                Limits.NONE,
                new SecretFiles(null),
                NodePolicy.ANYTHING,
                Duration.ofSeconds(10),
                line -> {});
    }

    public RunnerOptions group(String value) {
        return with(draft -> draft.group = value);
    }

    public RunnerOptions nodes(int value) {
        return with(draft -> draft.nodes = value);
    }

    public RunnerOptions ttl(Duration value) {
        return with(draft -> draft.ttl = value);
    }

    public RunnerOptions server(String newHost, int newPort) {
        return with(draft -> {
            draft.host = newHost;
            draft.port = newPort;
        });
    }

    public RunnerOptions python(PythonCommand value) {
        return with(draft -> draft.python = value);
    }

    public RunnerOptions prefixes(Prefixes value) {
        return with(draft -> draft.prefixes = value);
    }

    public RunnerOptions config(Map<String, @Nullable Object> value) {
        return with(draft -> draft.config = value);
    }

    public RunnerOptions workers(int newMaxWorkers, int newRunsPerWorker) {
        return with(draft -> {
            draft.maxWorkers = newMaxWorkers;
            draft.runsPerWorker = newRunsPerWorker;
        });
    }

    public RunnerOptions capacity(double value) {
        return with(draft -> draft.capacity = value);
    }

    public RunnerOptions labels(Set<String> value) {
        return with(draft -> draft.labels = value);
    }

    public RunnerOptions limits(Limits value) {
        return with(draft -> draft.limits = value);
    }

    public RunnerOptions secrets(SecretFiles value) {
        return with(draft -> draft.secrets = value);
    }

    public RunnerOptions policy(NodePolicy value) {
        return with(draft -> draft.policy = value);
    }

    public RunnerOptions log(JobLog value) {
        return with(draft -> draft.log = value);
    }

    private RunnerOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** What can be changed of it. */
    private static final class Draft {
        private final RunnerOptions from;
        private String group;
        private int nodes;
        private Duration ttl;
        private String host;
        private int port;
        private PythonCommand python;
        private Prefixes prefixes;
        private Map<String, @Nullable Object> config;
        private int maxWorkers;
        private int runsPerWorker;
        private double capacity;
        private Set<String> labels;
        private Limits limits;
        private SecretFiles secrets;
        private NodePolicy policy;
        private JobLog log;

        Draft(RunnerOptions from) {
            this.from = from;
            group = from.group;
            nodes = from.nodes;
            ttl = from.ttl;
            host = from.host;
            port = from.port;
            python = from.python;
            prefixes = from.prefixes;
            config = from.config;
            maxWorkers = from.maxWorkers;
            runsPerWorker = from.runsPerWorker;
            capacity = from.capacity;
            labels = from.labels;
            limits = from.limits;
            secrets = from.secrets;
            policy = from.policy;
            log = from.log;
        }

        RunnerOptions options() {
            return new RunnerOptions(
                    from.node,
                    group,
                    from.kinds,
                    nodes,
                    ttl,
                    host,
                    port,
                    python,
                    prefixes,
                    config,
                    maxWorkers,
                    runsPerWorker,
                    capacity,
                    labels,
                    limits,
                    secrets,
                    policy,
                    from.idle,
                    log);
        }
    }
}
