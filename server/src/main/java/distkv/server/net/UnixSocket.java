package distkv.server.net;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A listening Unix socket whose file only this user can open. The file of a dead owner is replaced. */
public final class UnixSocket implements AutoCloseable {
    /** The longest path, in bytes: Linux allows 107, and the socket is made under a name that is one longer. */
    public static final int MAX_PATH = 100;

    private static final System.Logger LOG = System.getLogger(UnixSocket.class.getName());

    private final Path path;
    private final ServerSocketChannel channel;
    /** Identifies the file, which may be replaced by that of another process. */
    private final Object file;

    private UnixSocket(Path path, ServerSocketChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.file = Objects.requireNonNull(key(path), "a socket that was just made has gone");
    }

    /** Whether a path is short enough. */
    public static boolean fits(Path path) {
        return length(path) <= MAX_PATH;
    }

    private static int length(Path path) {
        return path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Listens.
     *
     * @throws IOException if that is not possible, or a living process listens there; the message names the path
     */
    public static UnixSocket open(Path at) throws IOException {
        Path path = at.toAbsolutePath();
        if (!fits(path)) {
            throw new IOException(
                    "socket " + path + ": " + length(path) + " bytes (expected: a path of at most " + MAX_PATH + ")");
        }
        checkFree(path);
        // It gets its name when it has its mode, so that nobody else connects in between.
        Path unnamed = path.resolveSibling(path.getFileName() + "~");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            Files.deleteIfExists(unnamed);
            channel.bind(UnixDomainSocketAddress.of(unnamed));
            Files.setPosixFilePermissions(unnamed, PosixFilePermissions.fromString("rw-------"));
            Files.move(unnamed, path, StandardCopyOption.ATOMIC_MOVE);
            return new UnixSocket(path, channel);
        } catch (SocketException e) {
            channel.close();
            throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void checkFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(
                    "socket " + path + ": a file of another kind is there (expected: a socket, or nothing)");
        }
        if (isAlive(path)) {
            throw new IOException(
                    "socket " + path + ": another process listens there (expected: a path that no other server uses)");
        }
    }

    private static boolean isAlive(Path path) {
        try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return other.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            // Nobody listens, so its owner is dead.
            return false;
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                : null;
    }

    public Path path() {
        return path;
    }

    public ServerSocketChannel channel() {
        return channel;
    }

    /** Stops to listen, and removes the file unless it is another process's by now. */
    @Override
    public void close() {
        try {
            channel.close();
            if (file.equals(key(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }
}
