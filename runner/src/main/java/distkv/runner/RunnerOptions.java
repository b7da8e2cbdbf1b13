package distkv.runner;

import distkv.client.ClientOptions;
import distkv.runner.job.Kind;
import distkv.runner.worker.PythonCommand;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
        Duration idle,
        JobLog log) {

    /** The group of those who name none. */
    public static final String DEFAULT_GROUP = "default";

    private static final Duration SHORTEST_TTL = Duration.ofMillis(300);

    public RunnerOptions {
        kinds = Set.copyOf(kinds);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        require(!node.isEmpty(), "node", "an empty name", "a name");
        require(!group.isEmpty(), "group", "an empty name", "a name");
        require(!kinds.isEmpty(), "kinds", kinds, "one or more");
        require(nodes >= 0, "nodes", nodes, "0 or more");
        require(ttl.compareTo(SHORTEST_TTL) >= 0, "ttl", ttl.toMillis() + " ms", "300 ms or more");
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
                Duration.ofSeconds(10),
                line -> {});
    }

    public RunnerOptions group(String newGroup) {
        return new RunnerOptions(
                node,
                newGroup,
                kinds,
                nodes,
                ttl,
                host,
                port,
                python,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions nodes(int newNodes) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                newNodes,
                ttl,
                host,
                port,
                python,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions ttl(Duration newTtl) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                newTtl,
                host,
                port,
                python,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions server(String newHost, int newPort) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                newHost,
                newPort,
                python,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions python(PythonCommand newPython) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                host,
                port,
                newPython,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions prefixes(Prefixes newPrefixes) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                host,
                port,
                python,
                newPrefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions config(Map<String, @Nullable Object> newConfig) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                host,
                port,
                python,
                prefixes,
                newConfig,
                maxWorkers,
                runsPerWorker,
                idle,
                log);
    }

    public RunnerOptions workers(int newMaxWorkers, int newRunsPerWorker) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                host,
                port,
                python,
                prefixes,
                config,
                newMaxWorkers,
                newRunsPerWorker,
                idle,
                log);
    }

    public RunnerOptions log(JobLog newLog) {
        return new RunnerOptions(
                node,
                group,
                kinds,
                nodes,
                ttl,
                host,
                port,
                python,
                prefixes,
                config,
                maxWorkers,
                runsPerWorker,
                idle,
                newLog);
    }
}
