package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.StoreTesting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody but its owner reads a store, whatever the umask is. */
class PrivateFilesTest extends StoreTesting {
    private static final SqliteOptions OPTIONS = SqliteOptions.of("home");

    @TempDir
    Path temporary;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static void assertPrivate(Path directory) throws IOException {
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertFilesPrivate(directory);
    }

    private static void assertFilesPrivate(Path directory) throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        try (Stream<Path> content = Files.list(directory)) {
            for (Path file : content.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), permissions(file));
            }
        }
        assertThat(files).containsKeys("lock", "store.db", "store.db-shm", "store.db-wal");
        assertThat(files)
                .allSatisfy((file, permissions) -> assertThat(permissions).isEqualTo("rw-------"));
    }

    @Test
    void aNewStoreIsForItsOwnerOnly() throws IOException {
        Path directory = temporary.resolve("above").resolve("data");
        SqliteStore store = closing(SqliteStore.open(directory, OPTIONS));
        committed(store, set("a", 1));
        assertPrivate(directory);
    }

    @Test
    void anOlderStoreIsClosedToOthersWhenItIsOpened() throws IOException {
        Path directory = temporary.resolve("data");
        SqliteStore.open(directory, OPTIONS).close();
        permit(directory, "rwxr-xr-x");
        permit(directory.resolve("lock"), "rw-r--r--");
        permit(directory.resolve("store.db"), "rw-rw-r--");
        closing(SqliteStore.open(directory, OPTIONS));
        assertPrivate(directory);
    }

    @Test
    void aDirectoryThatOthersUseTooKeepsItsPermissions() throws IOException {
        Path shared = Files.createDirectory(temporary.resolve("shared"));
        Files.writeString(shared.resolve("somebody's"), "");
        permit(shared.resolve("somebody's"), "rw-------");
        permit(shared, "rwxr-xr-x");
        closing(SqliteStore.open(shared, OPTIONS));
        assertThat(permissions(shared)).isEqualTo("rwxr-xr-x");
        assertFilesPrivate(shared);
    }

    @Test
    void aDirectoryThatAllMayWriteToKeepsItsPermissions() throws IOException {
        Path shared = Files.createDirectory(temporary.resolve("shared"));
        permit(shared, "rwxrwxrwx");
        closing(SqliteStore.open(shared, OPTIONS));
        assertThat(permissions(shared)).isEqualTo("rwxrwxrwx");
        assertFilesPrivate(shared);
    }

    @Test
    void aBackupAndWhatIsRestoredFromItAreForTheirOwnerOnly() throws IOException {
        Path copy = temporary.resolve("copy.db");
        try (SqliteStore store = SqliteStore.open(temporary.resolve("data"), OPTIONS)) {
            store.backup(copy, (bytes, total) -> {});
        }
        assertThat(permissions(copy)).isEqualTo("rw-------");
        Path other = temporary.resolve("other");
        SqliteStore.restore(copy, other);
        closing(SqliteStore.open(other, OPTIONS));
        assertPrivate(other);
    }
}
