package distkv.runner.worker;

import distkv.model.Path;
import distkv.runner.sandbox.SecretFiles;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What workers need to know, and how many there may be.
 *
 * @param host the server's address, as workers reach it
 * @param config what code sees as {@code _cfg}
 * @param idle after how many seconds a job that takes no messages counts as stalled
 * @param java how a Java worker is started
 * @param secrets the node's secrets
 * @param offline whether most runs are without a network, so that a worker without one is kept ready
 */
public record PoolOptions(
        String host,
        int port,
        String node,
        Map<String, @Nullable Object> config,
        int maxWorkers,
        int runsPerWorker,
        double idle,
        JavaCommand java,
        SecretFiles secrets,
        boolean offline) {

    /** Where a worker without a network finds the server. */
    private static final String LOCAL = "127.0.0.1";

    /** What the node itself or its user logs in with, in {@code connect} and in {@code ssl} there. */
    private static final Set<String> LOG_IN = Set.of("user", "password", "token", "auth", "cert", "key");

    /** The first message to a worker. Its client has the node's name, so that the nodes can be told apart. */
    ToWorker.Init init(Path modules, boolean offline) {
        return new ToWorker.Init(offline ? LOCAL : host, port, node, node, forCode(config), modules);
    }

    /** The configuration without what logs in: runs have their tokens, and nothing else. */
    private static Map<String, @Nullable Object> forCode(Map<String, @Nullable Object> config) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(config);
        changed.computeIfPresent("connect", (_, connect) -> withoutLogIn(connect));
        return changed;
    }

    private static Object withoutLogIn(Object section) {
        if (!(section instanceof Map<?, ?> given)) {
            return section;
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(given);
        changed.keySet().removeIf(key -> LOG_IN.contains(String.valueOf(key)));
        changed.computeIfPresent("ssl", (_, ssl) -> withoutLogIn(ssl));
        return changed;
    }
}
