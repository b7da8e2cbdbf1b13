package distkv.server;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.schema.Prefixes;
import distkv.server.memory.MemoryLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server.
 *
 * @param host where it listens: a loopback name or address, as the server does not authenticate clients
 * @param port 0 for any free port
 * @param node the server's own name; {@code null} for the tree's
 * @param messageRoot the prefix of message topics that begin with a colon
 * @param limits of a single message
 * @param unreadTimeout how long a client may leave its replies unread, while more are waiting, before it is dropped
 * @param maxConnections the most connections at once
 * @param directory where the socket for the witnesses of sessions goes, a directory that no other server uses;
 *     {@code null} for a new one among the temporary files
 * @param memory how the heap is divided
 * @param prefixes where in the tree the system's entries are: which rights their writers need depends on that
 * @param open whether everybody may do everything, without a log-in
 */
public record ServerOptions(
        String host,
        int port,
        @Nullable String node,
        Path messageRoot,
        FrameLimits limits,
        Duration unreadTimeout,
        int maxConnections,
        java.nio.file.@Nullable Path directory,
        MemoryLimits memory,
        Prefixes prefixes,
        boolean open) {
    /** The port of DistKV. */
    public static final int PORT = 27_586;

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

    /** The defaults: the usual port of the loopback interface. */
    public static ServerOptions defaults() {
        return new ServerOptions(
                "127.0.0.1",
                PORT,
                null,
                Path.of(":distkv"),
                FrameLimits.DEFAULT,
                Duration.ofMinutes(1),
                10_000,
                null,
                MemoryLimits.ofThisProcess(),
                Prefixes.DEFAULT,
                true);
    }

    public ServerOptions at(String newHost, int newPort) {
        return new ServerOptions(
                newHost,
                newPort,
                node,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                directory,
                memory,
                prefixes,
                open);
    }

    public ServerOptions named(String newNode) {
        return new ServerOptions(
                host,
                port,
                newNode,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                directory,
                memory,
                prefixes,
                open);
    }

    public ServerOptions withMessageRoot(Path newRoot) {
        return new ServerOptions(
                host, port, node, newRoot, limits, unreadTimeout, maxConnections, directory, memory, prefixes, open);
    }

    public ServerOptions withLimits(FrameLimits newLimits) {
        return new ServerOptions(
                host,
                port,
                node,
                messageRoot,
                newLimits,
                unreadTimeout,
                maxConnections,
                directory,
                memory,
                prefixes,
                open);
    }

    public ServerOptions withUnreadTimeout(Duration newTimeout) {
        return new ServerOptions(
                host, port, node, messageRoot, limits, newTimeout, maxConnections, directory, memory, prefixes, open);
    }

    public ServerOptions withMaxConnections(int newMax) {
        return new ServerOptions(
                host, port, node, messageRoot, limits, unreadTimeout, newMax, directory, memory, prefixes, open);
    }

    public ServerOptions withMemory(MemoryLimits newMemory) {
        return new ServerOptions(
                host,
                port,
                node,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                directory,
                newMemory,
                prefixes,
                open);
    }

    /** With the socket for witnesses in this directory. */
    public ServerOptions in(java.nio.file.Path newDirectory) {
        return new ServerOptions(
                host,
                port,
                node,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                newDirectory,
                memory,
                prefixes,
                open);
    }

    /** With the system's entries at these places. */
    public ServerOptions withPrefixes(Prefixes newPrefixes) {
        return new ServerOptions(
                host,
                port,
                node,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                directory,
                memory,
                newPrefixes,
                open);
    }

    /** Whether everybody may do everything, without a log-in. */
    public ServerOptions open(boolean isOpen) {
        return new ServerOptions(
                host,
                port,
                node,
                messageRoot,
                limits,
                unreadTimeout,
                maxConnections,
                directory,
                memory,
                prefixes,
                isOpen);
    }
}
