package distkv.model.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory among the temporary files that only this user may enter, until it is closed. A process that is killed
 * leaves its directory behind, and the next process that makes one clears it: a living owner holds a lock in its own.
 */
public final class ScratchDirectory implements AutoCloseable {
    private static final String LOCK = "lock";
    /**
     * Those of this process. They are never opened to see whether their owner lives: closing any channel of a lock's file
     * would release the lock. So a directory is made and entered here before another thread looks for those of dead owners.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private ScratchDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes a directory, and removes those of dead owners.
     *
     * @param prefix of its name, for example {@code distkv-runner-}
     * @throws IOException if it cannot be made; a failure to remove others is no error
     */
    public static ScratchDirectory create(String prefix) throws IOException {
        return create(prefix, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Like {@link #create(String)}, with another parent. */
    static ScratchDirectory create(String prefix, Path parent) throws IOException {
        synchronized (OURS) {
            ScratchDirectory made = make(prefix, parent);
            clear(parent, prefix, Files.getOwner(made.path));
            return made;
        }
    }

    private static ScratchDirectory make(String prefix, Path parent) throws IOException {
        Path path = Files.createTempDirectory(
                parent, prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        OURS.add(path);
        // The lock file gets its name only when it is locked, so that no other process takes the owner for dead.
        Path unnamed = path.resolve("new");
        FileChannel lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            lock.lock();
            Files.move(unnamed, path.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            lock.close();
            OURS.remove(path);
            throw e;
        }
        return new ScratchDirectory(path, lock);
    }

    private static void clear(Path parent, String prefix, UserPrincipal owner) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path each : all) {
                if (isLeft(each, owner)) {
                    clear(each);
                }
            }
        } catch (IOException e) {
            // A directory that cannot be read belongs to somebody else.
            return;
        }
    }

    private static void clear(Path path) {
        try (FileChannel lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE)) {
            if (lock.tryLock() != null) {
                delete(path);
            }
        } catch (OverlappingFileLockException e) {
            // This process holds the lock, so the owner lives.
            return;
        } catch (IOException e) {
            // Another process removes it at this moment, or the next one will.
            return;
        }
    }

    /** Whether its owner, which is not this process, may be dead: the lock tells. */
    private static boolean isLeft(Path path, UserPrincipal owner) throws IOException {
        return !OURS.contains(path)
                && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(owner)
                && Files.isRegularFile(path.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path at, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(at);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes the directory and its content. */
    @Override
    public void close() throws IOException {
        try {
            delete(path);
        } finally {
            lock.close();
            OURS.remove(path);
        }
    }
}
