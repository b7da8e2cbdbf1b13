package distkv.store.sqlite.directory;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories that only their owner can read. Where the file system has no such permissions, its defaults
 * apply.
 */
public final class PrivateFiles {
    /** The name of a store's file. */
    public static final String STORE = "store.db";

    private static final System.Logger LOG = System.getLogger(PrivateFiles.class.getName());
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private PrivateFiles() {}

    /** Creates a directory, its parents with default permissions. An existing one is closed to others unless shared. */
    public static void makeDirectory(Path directory) throws IOException {
        Path above = directory.toAbsolutePath().getParent();
        if (above != null && !Files.exists(above)) {
            Files.createDirectories(above);
        }
        try {
            Files.createDirectory(directory, attribute(above, DIRECTORY));
        } catch (FileAlreadyExistsException e) {
            // Throws a better exception if it is not a directory.
            Files.createDirectories(directory);
            close(directory);
        }
    }

    private static void close(Path directory) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view == null || view.readAttributes().permissions().equals(DIRECTORY)) {
            return;
        }
        boolean isShared = view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE);
        if (isShared || !isOurs(directory)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "data directory {0} is shared with others (expected: a directory of its own); its permissions stay"
                            + " as they are, the store''s files are readable by this user only",
                    directory);
            return;
        }
        permit(view, directory, DIRECTORY);
    }

    /** Whether it is empty or holds a store already. */
    private static boolean isOurs(Path directory) throws IOException {
        if (Files.exists(directory.resolve(STORE))) {
            return true;
        }
        try (Stream<Path> content = Files.list(directory)) {
            return content.findAny().isEmpty();
        }
    }

    /** Creates an empty file unless it exists; from then on nobody else can read it. */
    public static void makeFile(Path file) throws IOException {
        try {
            Files.createFile(file, attribute(file.toAbsolutePath().getParent(), FILE));
        } catch (FileAlreadyExistsException e) {
            closeFile(file);
        }
    }

    /** Closes a file to others, if it exists. */
    public static void closeFile(Path file) throws IOException {
        if (Files.exists(file)) {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && !view.readAttributes().permissions().equals(FILE)) {
                permit(view, file, FILE);
            }
        }
    }

    private static void permit(PosixFileAttributeView view, Path path, Set<PosixFilePermission> wanted) {
        try {
            view.setPermissions(wanted);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is readable by others, and that cannot be changed: {1}",
                    path,
                    DirectoryLock.reason(e));
        }
    }

    private static FileAttribute<?>[] attribute(@Nullable Path there, Set<PosixFilePermission> wanted)
            throws IOException {
        boolean posix =
                there == null || Files.getFileStore(there).supportsFileAttributeView(PosixFileAttributeView.class);
        return posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(wanted)} : new FileAttribute<?>[0];
    }
}
