package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What workers need to know, and how many there may be.
 *
 * @param host the server's address, as workers reach it
 * @param config what code sees as {@code _cfg}
 * @param idle after how many seconds a job that takes no messages counts as stalled
 * @param java how a Java worker is started
 */
public record PoolOptions(
        String host,
        int port,
        String node,
        Map<String, @Nullable Object> config,
        int maxWorkers,
        int runsPerWorker,
        double idle,
        JavaCommand java) {

    /** The first message to a worker. Its client has the node's name, so that the nodes can be told apart. */
    ToWorker.Init init(Path modules) {
        return new ToWorker.Init(host, port, node, node, config, modules);
    }
}
