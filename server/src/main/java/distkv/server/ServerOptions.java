package distkv.server;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.schema.Prefixes;
import distkv.server.memory.MemoryLimits;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server.
 *
 * @param host where it listens: a name or an address; without TLS one of the loopback interface, unless
 *     {@code plaintext}
 * @param port 0 for any free port
 * @param tls whether that port is for connections with TLS
 * @param plaintext whether it may listen elsewhere than on the loopback interface without TLS
 * @param node the server's own name; {@code null} for the tree's
 * @param messageRoot the prefix of message topics that begin with a colon
 * @param limits of a single message
 * @param unreadTimeout how long a client may leave its replies unread, while more are waiting, before it is dropped
 * @param maxConnections the most connections at once
 * @param directory where the sockets and the authority of TLS go, a directory that no other server uses; {@code null}
 *     for a new one among the temporary files, no Unix socket for clients, and no authority
 * @param socket whether clients can connect to a Unix socket, too
 * @param memory how the heap is divided
 * @param prefixes where in the tree the system's entries are: which rights their writers need depends on that
 * @param open whether everybody on this machine, and everybody with a certificate of a client, may do everything without
 *     a log-in
 */
public record ServerOptions(
        String host,
        int port,
        Tls tls,
        boolean plaintext,
        @Nullable String node,
        Path messageRoot,
        FrameLimits limits,
        Duration unreadTimeout,
        int maxConnections,
        java.nio.file.@Nullable Path directory,
        LocalSocket socket,
        MemoryLimits memory,
        Prefixes prefixes,
        boolean open) {
    /** The port of DistKV. */
    public static final int PORT = 27_586;

    /** The name of the Unix socket in the directory of a server. */
    public static final String SOCKET = "distkv.sock";

    /** Where clients on the same machine can connect without a port. */
    public sealed interface LocalSocket {
        /** Nowhere. */
        record None() implements LocalSocket {}

        /** In the server's directory, if there is one and its path is short enough. */
        record InDirectory() implements LocalSocket {}

        /** At this path, or the server does not start. */
        record At(java.nio.file.Path path) implements LocalSocket {}
    }

    /** Whether there is TLS, and with which certificate. */
    public sealed interface Tls {
        /** Connections are not encrypted. */
        record None() implements Tls {}

        /** The server is its own authority. */
        record Automatic() implements Tls {}

        /**
         * The certificate is in files.
         *
         * @param clientAuthority a file with the authorities whose clients' certificates are believed; {@code null}: none
         */
        record Files(
                java.nio.file.Path certificate, java.nio.file.Path key, java.nio.file.@Nullable Path clientAuthority)
                implements Tls {}
    }

    public ServerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (unreadTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("unread timeout: " + unreadTimeout + " (expected: 1 ms or more)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("max connections: " + maxConnections + " (expected: 1 or more)");
        }
    }

    /** The defaults: the usual port of the loopback interface, where everybody logs in. */
    public static ServerOptions defaults() {
        return new ServerOptions(
                "127.0.0.1",
                PORT,
                new Tls.None(),
                false,
                null,
                Path.of(":distkv"),
                FrameLimits.DEFAULT,
                Duration.ofMinutes(1),
                10_000,
                null,
                new LocalSocket.InDirectory(),
                MemoryLimits.ofThisProcess(),
                Prefixes.DEFAULT,
                false);
    }

    public ServerOptions at(String newHost, int newPort) {
        return with(draft -> {
            draft.host = newHost;
            draft.port = newPort;
        });
    }

    public ServerOptions withTls(Tls newTls) {
        return with(draft -> draft.tls = newTls);
    }

    /** Permits to listen elsewhere than on the loopback interface without TLS. */
    public ServerOptions inPlaintext() {
        return with(draft -> draft.plaintext = true);
    }

    public ServerOptions named(String newNode) {
        return with(draft -> draft.node = newNode);
    }

    public ServerOptions withMessageRoot(Path newRoot) {
        return with(draft -> draft.messageRoot = newRoot);
    }

    public ServerOptions withLimits(FrameLimits newLimits) {
        return with(draft -> draft.limits = newLimits);
    }

    public ServerOptions withUnreadTimeout(Duration newTimeout) {
        return with(draft -> draft.unreadTimeout = newTimeout);
    }

    public ServerOptions withMaxConnections(int newMax) {
        return with(draft -> draft.maxConnections = newMax);
    }

    /** With the sockets, and the authority of TLS, in this directory. */
    public ServerOptions in(java.nio.file.Path newDirectory) {
        return with(draft -> draft.directory = newDirectory);
    }

    public ServerOptions withSocket(LocalSocket newSocket) {
        return with(draft -> draft.socket = newSocket);
    }

    public ServerOptions withMemory(MemoryLimits newMemory) {
        return with(draft -> draft.memory = newMemory);
    }

    /** With the system's entries at these places. */
    public ServerOptions withPrefixes(Prefixes newPrefixes) {
        return with(draft -> draft.prefixes = newPrefixes);
    }

    /** Whether there is need for a log-in only from other machines and without a certificate. */
    public ServerOptions open(boolean isOpen) {
        return with(draft -> draft.open = isOpen);
    }

    private ServerOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** The settings while one of them is changed. */
    private static final class Draft {
        private String host;
        private int port;
        private Tls tls;
        private boolean plaintext;
        private @Nullable String node;
        private Path messageRoot;
        private FrameLimits limits;
        private Duration unreadTimeout;
        private int maxConnections;
        private java.nio.file.@Nullable Path directory;
        private LocalSocket socket;
        private MemoryLimits memory;
        private Prefixes prefixes;
        private boolean open;

        Draft(ServerOptions from) {
            host = from.host;
            port = from.port;
            tls = from.tls;
            plaintext = from.plaintext;
            node = from.node;
            messageRoot = from.messageRoot;
            limits = from.limits;
            unreadTimeout = from.unreadTimeout;
            maxConnections = from.maxConnections;
            directory = from.directory;
            socket = from.socket;
            memory = from.memory;
            prefixes = from.prefixes;
            open = from.open;
        }

        ServerOptions options() {
            return new ServerOptions(
                    host,
                    port,
                    tls,
                    plaintext,
                    node,
                    messageRoot,
                    limits,
                    unreadTimeout,
                    maxConnections,
                    directory,
                    socket,
                    memory,
                    prefixes,
                    open);
        }
    }
}
