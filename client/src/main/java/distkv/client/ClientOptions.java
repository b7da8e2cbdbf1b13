package distkv.client;

import distkv.client.login.ClientCredentials;
import distkv.client.transport.Address;
import distkv.client.transport.TlsSettings;
import distkv.protocol.FrameLimits;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to a server.
 *
 * @param host the server's name or address, {@code tls://} with one and perhaps a port, or {@code unix:} and the path of
 *     a Unix socket
 * @param port used unless the host says another one or is a Unix socket
 * @param tls whom to trust, for a server with TLS
 * @param name the name of this client, used in the names of its threads and in messages
 * @param connectTimeout how long it may take to connect and receive the greeting
 * @param keepAlive after how long a silent connection is probed; it is closed after as long again
 * @param retryFirst the pause before the first attempt to reconnect; it doubles with every failure
 * @param retryMost the longest such pause
 * @param window how many items of a stream may be queued here, 4 to 4096
 * @param platformThreads whether to use platform threads: a short-lived process should, since one with virtual threads
 *     that read sockets waits 0.3 s for their poller when it exits
 * @param callTimeout how long a pending call waits for the next connection when its own breaks
 * @param credentials what the client presents on each connection to log in; {@code null}: nothing
 */
public record ClientOptions(
        String host,
        int port,
        String name,
        Duration connectTimeout,
        Duration keepAlive,
        Duration retryFirst,
        Duration retryMost,
        int window,
        FrameLimits limits,
        boolean platformThreads,
        Duration callTimeout,
        TlsSettings tls,
        @Nullable ClientCredentials credentials) {
    public static final int DEFAULT_PORT = 27586;

    public ClientOptions {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        if (window < 4 || window > 4096) {
            throw new IllegalArgumentException("window: " + window + " (expected: 4 to 4096)");
        }
        // Throws if it is none.
        Address.of(host, port);
    }

    /** The server at an address, as users write it: {@code tls://attic:27586}, {@code unix:/run/distkv.sock}. */
    public static ClientOptions of(Address server) {
        return switch (server) {
            case Address.Tcp(String host, int port) -> of(host, port);
            case Address.Tls(String _, int port) -> of(server.toString(), port);
            case Address.Unix _ -> of(server.toString(), DEFAULT_PORT);
        };
    }

    public static ClientOptions of(String host, int port) {
        return new ClientOptions(
                host,
                port,
                "client",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofSeconds(2),
                1024,
                FrameLimits.DEFAULT,
                false,
                Duration.ofSeconds(10),
                TlsSettings.DEFAULT,
                null);
    }

    public ClientOptions withName(String newName) {
        return with(draft -> draft.name = newName);
    }

    public ClientOptions withConnectTimeout(Duration timeout) {
        return with(draft -> draft.connectTimeout = timeout);
    }

    public ClientOptions withKeepAlive(Duration silence) {
        return with(draft -> draft.keepAlive = silence);
    }

    public ClientOptions withRetry(Duration first, Duration most) {
        return with(draft -> {
            draft.retryFirst = first;
            draft.retryMost = most;
        });
    }

    public ClientOptions withWindow(int items) {
        return with(draft -> draft.window = items);
    }

    public ClientOptions withCallTimeout(Duration newTimeout) {
        return with(draft -> draft.callTimeout = newTimeout);
    }

    public ClientOptions withPlatformThreads() {
        return with(draft -> draft.platformThreads = true);
    }

    /** With these limits for a single message of the server. */
    public ClientOptions withLimits(FrameLimits newLimits) {
        return with(draft -> draft.limits = newLimits);
    }

    /** Trusting these authorities, if the server has TLS. */
    public ClientOptions withTls(TlsSettings settings) {
        return with(draft -> draft.tls = settings);
    }

    /** Logging in with these credentials, on each connection. */
    public ClientOptions withCredentials(@Nullable ClientCredentials newCredentials) {
        return with(draft -> draft.credentials = newCredentials);
    }

    /** A builder for a thread of this client; {@code role} completes its name. */
    Thread.Builder thread(String role) {
        Thread.Builder threads = platformThreads ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
        return threads.name(name + "-" + role);
    }

    /** Where the server is. */
    public Address server() {
        return Address.of(host, port);
    }

    /** The address of the server, for messages. */
    public String address() {
        return server().toString();
    }

    private ClientOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** The settings while one of them is changed. */
    private static final class Draft {
        private final String host;
        private final int port;
        private String name;
        private Duration connectTimeout;
        private Duration keepAlive;
        private Duration retryFirst;
        private Duration retryMost;
        private int window;
        private FrameLimits limits;
        private boolean platformThreads;
        private Duration callTimeout;
        private TlsSettings tls;
        private @Nullable ClientCredentials credentials;

        Draft(ClientOptions from) {
            host = from.host;
            port = from.port;
            name = from.name;
            connectTimeout = from.connectTimeout;
            keepAlive = from.keepAlive;
            retryFirst = from.retryFirst;
            retryMost = from.retryMost;
            window = from.window;
            limits = from.limits;
            platformThreads = from.platformThreads;
            callTimeout = from.callTimeout;
            tls = from.tls;
            credentials = from.credentials;
        }

        ClientOptions options() {
            return new ClientOptions(
                    host,
                    port,
                    name,
                    connectTimeout,
                    keepAlive,
                    retryFirst,
                    retryMost,
                    window,
                    limits,
                    platformThreads,
                    callTimeout,
                    tls,
                    credentials);
        }
    }
}
