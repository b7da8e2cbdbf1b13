package distkv.runner.worker;

import distkv.model.Path;
import distkv.runner.sandbox.SecretFiles;
import java.util.Map;
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

    /** The first message to a worker. Its client has the node's name, so that the nodes can be told apart. */
    ToWorker.Init init(Path modules, boolean offline) {
        return new ToWorker.Init(offline ? LOCAL : host, port, node, node, config, modules);
    }
}
