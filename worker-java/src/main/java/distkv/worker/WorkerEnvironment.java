package distkv.worker;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.RunTokens;
import distkv.client.transport.TlsSettings;
import distkv.code.call.CodeRoot;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What all runs of the worker share: the node's name, the configuration, and the connection to the server. */
final class WorkerEnvironment implements AutoCloseable {
    /**
     * How long a run waits after the connection was lost: longer than the client's longest pause between two attempts.
     */
    private static final Duration NEXT_CONNECTION = Duration.ofSeconds(3);

    private final ClientOptions server;
    private final String node;
    private final Map<String, @Nullable Object> config;
    /** Guards the client. */
    private final ReentrantLock lock = new ReentrantLock();

    private final RunTokens runs = new RunTokens();
    private @Nullable Client client;

    private WorkerEnvironment(ClientOptions server, String node, Map<String, @Nullable Object> config) {
        this.server = server;
        this.node = node;
        this.config = config;
    }

    /**
     * Reads an {@code init} message.
     *
     * @throws IllegalArgumentException naming the key and what was expected
     */
    static WorkerEnvironment read(Map<?, ?> init) {
        String node = RunSpec.get(init, "node", String.class);
        String name = init.get("name") instanceof String text ? text : node;
        ClientOptions server = ClientOptions.of(
                        RunSpec.get(init, "host", String.class),
                        RunSpec.get(init, "port", Long.class).intValue())
                .withName(name);
        Map<String, @Nullable Object> config = RunSpec.names(init.get("config"));
        TlsSettings tls =
                config.get("connect") instanceof Map<?, ?> connect ? TlsSettings.of(connect.get("ssl")) : null;
        if (config.get("accept") instanceof Map<?, ?> accept && "required".equals(accept.get("signing"))) {
            CodeRoot.forbid();
        }
        server = tls == null ? server : server.withTls(tls);
        return new WorkerEnvironment(server.withCallTimeout(callTimeout(config, server.callTimeout())), node, config);
    }

    private static Duration callTimeout(Map<String, @Nullable Object> config, Duration otherwise) {
        return config.get("connect") instanceof Map<?, ?> connect && connect.get("patience") instanceof Number seconds
                ? Duration.ofNanos(Math.round(seconds.doubleValue() * 1e9))
                : otherwise;
    }

    String node() {
        return node;
    }

    Map<String, @Nullable Object> config() {
        return config;
    }

    /**
     * The client. The first caller waits until the first attempt to connect is over, however long that takes on a machine
     * under load: what code asks for before would count as its own failure. All others wait with it.
     */
    Client client() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (client == null) {
                client = Client.begin(server, runs, server.connectTimeout());
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    /** What the client logs in with. */
    RunTokens runs() {
        return runs;
    }

    /** The client for a run that is about to start. If the connection was lost, waits for the next one. */
    Client clientOfRun() throws InterruptedException {
        Client found = client();
        if (found.losses() > 0) {
            var _ = found.awaitConnected(NEXT_CONNECTION);
        }
        return found;
    }

    /** The lowest level that is logged: {@code logging.root.level} of the configuration. */
    System.Logger.Level level() {
        Object found =
                config.get("logging") instanceof Map<?, ?> logging && logging.get("root") instanceof Map<?, ?> root
                        ? root.get("level")
                        : null;
        return switch (String.valueOf(found)) {
            case "DEBUG" -> System.Logger.Level.DEBUG;
            case "WARNING" -> System.Logger.Level.WARNING;
            case "ERROR", "CRITICAL" -> System.Logger.Level.ERROR;
            default -> System.Logger.Level.INFO;
        };
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (client != null) {
                client.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
