package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the workers need to know, and how many there may be.
 *
 * @param host the server's, as a worker reaches it
 * @param config what code sees as {@code _cfg}
 * @param idle seconds after which a job that takes no messages counts as stalled
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

    /** What a worker is told first; the client that code sees is called what its node is called, to tell nodes apart. */
    ToWorker.Init init(Path modules) {
        return new ToWorker.Init(host, port, node, node, config, modules);
    }
}
