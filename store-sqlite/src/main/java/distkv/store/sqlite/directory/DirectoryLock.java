package distkv.store.sqlite.directory;

import distkv.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive right to use a data directory: a lock on its file {@code lock}, which contains the owner's process id. The
 * operating system releases the lock when the process ends, however it ends.
 */
public final class DirectoryLock implements AutoCloseable {
    /**
     * The directories that this process holds. Checked before the file is opened, since closing any descriptor of a
     * locked file releases the process's lock on it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final System.Logger LOG = System.getLogger(DirectoryLock.class.getName());

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes a directory, which is created if it does not exist. */
    public static DirectoryLock take(Path directory) {
        Path real;
        try {
            PrivateFiles.makeDirectory(directory);
            real = directory.toRealPath();
        } catch (IOException e) {
            throw unusable(directory, e);
        }
        if (!HELD.add(real)) {
            throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new DirectoryLock(real, lock(directory));
        } catch (IOException e) {
            HELD.remove(real);
            throw unusable(directory, e);
        } catch (StoreException e) {
            HELD.remove(real);
            throw e;
        }
    }

    /** The directory, without symbolic links. */
    public Path directory() {
        return directory;
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        PrivateFiles.makeFile(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, Files.readString(file).strip());
            }
            note(channel, ProcessHandle.current().pid() + "\n");
            return channel;
        } catch (IOException | StoreException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes down the owner; on a full disk the lock works without. */
    private static void note(FileChannel channel, String pid) {
        try {
            ByteBuffer text = ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII));
            channel.write(text, 0);
            channel.truncate(text.capacity());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the lock file lacks the process id: {0}", reason(e));
        }
    }

    private static StoreException inUse(Path directory, String pid) {
        return new StoreException("data directory " + directory + " is in use by process " + pid
                + " (expected: one server for each directory; stop it or name another with --data)");
    }

    private static StoreException unusable(Path directory, IOException e) {
        return new StoreException(
                "data directory " + directory + " cannot be used: " + reason(e)
                        + " (expected: a directory that this user can write)",
                e);
    }

    /** The text of an I/O error, without the name of its class. */
    public static String reason(IOException e) {
        String reason = switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "there is no such directory, and it cannot be created";
            case FileSystemException about -> about.getReason();
            default -> e.getMessage();
        };
        return reason == null ? e.toString() : reason;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreException("cannot unlock data directory " + directory + ": " + e, e);
        } finally {
            HELD.remove(directory);
        }
    }
}
