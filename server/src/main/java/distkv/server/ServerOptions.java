package distkv.server;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.server.session.Memory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server is to be.
 *
 * @param host where it listens: a name or address of the loopback, until the server can check who connects
 * @param port 0 for any free one
 * @param node the server's own name, {@code null} for the tree's
 * @param messageRoot what is put before the topic of a message that begins with a colon
 * @param limits what a single message may cost
 * @param patience how long a client may leave its replies unread, while more are waiting, before it is dropped
 * @param maxConnections how many there may be at once
 * @param directory where the socket for witnesses of sessions is to be, a directory that no other server uses;
 *     {@code null} for a new one among the temporary files
 * @param memory what it may use for what
 */
public record ServerOptions(
        String host,
        int port,
        @Nullable String node,
        Path messageRoot,
        FrameLimits limits,
        Duration patience,
        int maxConnections,
        java.nio.file.@Nullable Path directory,
        Memory memory) {
    /** The port of DistKV. */
    public static final int PORT = 27_586;

    public ServerOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        if (patience.toMillis() < 1) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: 1 ms or more)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("max connections: " + maxConnections + " (expected: 1 or more)");
        }
    }

    /** On the usual port of the loopback. */
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
                Memory.ofThisProcess());
    }

    public ServerOptions at(String newHost, int newPort) {
        return new ServerOptions(
                newHost, newPort, node, messageRoot, limits, patience, maxConnections, directory, memory);
    }

    public ServerOptions named(String newNode) {
        return new ServerOptions(host, port, newNode, messageRoot, limits, patience, maxConnections, directory, memory);
    }

    public ServerOptions withMessageRoot(Path newRoot) {
        return new ServerOptions(host, port, node, newRoot, limits, patience, maxConnections, directory, memory);
    }

    public ServerOptions withLimits(FrameLimits newLimits) {
        return new ServerOptions(host, port, node, messageRoot, newLimits, patience, maxConnections, directory, memory);
    }

    public ServerOptions withCallTimeout(Duration newPatience) {
        return new ServerOptions(host, port, node, messageRoot, limits, newPatience, maxConnections, directory, memory);
    }

    public ServerOptions withMaxConnections(int newMax) {
        return new ServerOptions(host, port, node, messageRoot, limits, patience, newMax, directory, memory);
    }

    public ServerOptions withMemory(Memory newMemory) {
        return new ServerOptions(host, port, node, messageRoot, limits, patience, maxConnections, directory, newMemory);
    }

    /** With the socket for witnesses in this directory. */
    public ServerOptions in(java.nio.file.Path newDirectory) {
        return new ServerOptions(host, port, node, messageRoot, limits, patience, maxConnections, newDirectory, memory);
    }
}
