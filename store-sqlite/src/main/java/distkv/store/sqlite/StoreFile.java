package distkv.store.sqlite;

import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.engine.TreeState;
import distkv.store.sqlite.directory.DirectoryLock;
import distkv.store.sqlite.directory.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The file of a store, opened and read: what a {@link SqliteStore} starts from. */
record StoreFile(
        Path file,
        String treeName,
        TreeState state,
        Map<Long, Duration> leases,
        long superseded,
        Connection writer,
        Connection reader,
        Connection copier,
        DiskSpace space,
        WalIndex index) {
    static final String FILE = PrivateFiles.STORE;

    static SqliteStore open(Path directory, SqliteOptions options, FileFormat format) {
        return (SqliteStore) open(directory, options, format, false);
    }

    /** @param orRead whether to open the store read-only if the disk is too full to write to */
    static Store open(Path directory, SqliteOptions options, FileFormat format, boolean orRead) {
        DirectoryLock lock = DirectoryLock.take(directory);
        Path file = directory.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                create(directory, file, options, format);
            }
            DiskSpace space = new DiskSpace(directory);
            space.prepareToOpen();
            try {
                return new SqliteStore(read(file, format, space), lock, options);
            } catch (SQLException | IOException e) {
                Store readable = orRead && space.isLow() ? ReadOnlyStore.open(file, lock, e) : null;
                if (readable == null) {
                    throw e;
                }
                return readable;
            }
        } catch (SQLException e) {
            lock.close();
            throw Database.explain(file, e);
        } catch (IOException e) {
            lock.close();
            throw new StoreException(
                    file + " cannot be used: " + DirectoryLock.reason(e)
                            + " (expected: 6 MB of space or more, in a directory that this user can write)",
                    e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Creates the file under another name first, so that no incomplete one is ever found. */
    private static void create(Path directory, Path file, SqliteOptions options, FileFormat format)
            throws SQLException, IOException {
        Path draft = directory.resolve(FILE + ".new");
        clear(directory);
        PrivateFiles.makeFile(draft);
        try (Connection connection = Database.writer(draft)) {
            format.create(connection, options.tree());
        }
        put(draft, file);
    }

    /** Removes the remains of an incomplete file, or of one that was moved away. */
    static void clear(Path directory) throws IOException {
        for (String leftover : new String[] {".new", ".new-journal", ".new-wal", ".new-shm", "-wal", "-shm"}) {
            Files.deleteIfExists(directory.resolve(FILE + leftover));
        }
    }

    /** Gives a complete file its name, durably. */
    static void put(Path draft, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static StoreFile read(Path file, FileFormat format, DiskSpace space) throws SQLException, IOException {
        FileFormat.checkMagic(file);
        // SQLite gives its other files the same permissions; those of older versions may still be there.
        for (String part : new String[] {"", "-wal", "-shm"}) {
            PrivateFiles.closeFile(file.resolveSibling(file.getFileName() + part));
        }
        Connection writer = Database.writer(file);
        WalIndex index = WalIndex.NONE;
        try {
            format.upgrade(writer, file);
            // Syncs what a killed process had not synced yet, before anything is read.
            Database.run(writer, "PRAGMA wal_checkpoint(PASSIVE)");
            lengthen(file, space);
            index = WalIndex.lengthen(file);
            RecoveredState recovered = RecoveredState.now(writer, file);
            Map<Long, Duration> leases = leases(writer);
            TreeState state = new TreeState(
                    recovered.index(), recovered.names(), recovered.newest(), leases, FileFormat.lastLease(writer));
            String treeName = FileFormat.text(writer, "tree");
            return new StoreFile(
                    file,
                    treeName,
                    state,
                    leases,
                    recovered.superseded(),
                    writer,
                    Database.reader(file),
                    Database.writer(file),
                    space,
                    index);
        } catch (SQLException | IOException | RuntimeException e) {
            writer.close();
            index.close();
            throw e;
        }
    }

    /** On a full disk the log keeps its length, and is used as far as that goes. */
    private static void lengthen(Path file, DiskSpace space) throws IOException {
        try {
            new WalFile(file).lengthen();
        } catch (IOException e) {
            if (!space.isLow()) {
                throw e;
            }
            space.full(DirectoryLock.reason(e));
        }
    }

    static Map<Long, Duration> leases(Connection connection) throws SQLException {
        Map<Long, Duration> leases = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, ttl_millis FROM lease")) {
            while (row.next()) {
                leases.put(row.getLong(1), Duration.ofMillis(row.getLong(2)));
            }
        }
        return leases;
    }
}
