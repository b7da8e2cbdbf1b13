package distkv.store.sqlite;

import distkv.store.Replication;
import distkv.store.StoreException;
import distkv.store.sqlite.directory.DirectoryLock;
import distkv.store.sqlite.directory.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConnection;

/**
 * Complete copies of a store. A copy can be taken while this process or another one uses the store, and holds exactly what
 * was committed when it began. Runs on the caller's thread.
 */
final class StoreBackup {
    private static final int PAGES_PER_STEP = 256;
    private static final int PAUSE_MILLIS = 10;
    private static final int MAX_PAUSES = 1000;

    /**
     * How far revisions and lease ids jump in a restored store. Those that were used after the backup are unknown to the
     * copy, and must not be used again with another meaning.
     */
    private static final long JUMP = 1_000_000_000;

    private StoreBackup() {}

    static void take(Path directory, Path target, BackupProgress progress) {
        Path file = directory.resolve(StoreFile.FILE);
        if (!Files.exists(file)) {
            throw new StoreException(
                    "data directory " + directory + " holds no store (expected: " + StoreFile.FILE + " in it)");
        }
        if (Files.exists(target)) {
            throw new StoreException("backup file " + target + " exists (expected: a new name)");
        }
        Path draft = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.deleteIfExists(draft);
            PrivateFiles.makeFile(draft);
            copy(file, draft, progress);
            check(draft);
            StoreFile.put(draft, target);
        } catch (SQLException e) {
            throw failed(target, draft, Database.reason(e), e);
        } catch (IOException e) {
            throw failed(target, draft, e.toString(), e);
        } catch (StoreException e) {
            throw failed(target, draft, String.valueOf(e.getMessage()), e);
        }
    }

    private static void copy(Path file, Path draft, BackupProgress progress) throws SQLException {
        try (Connection connection = Database.reader(file)) {
            // An open read transaction pins what is copied; otherwise every commit would restart the copy.
            Database.run(connection, "BEGIN");
            Database.number(connection, "SELECT count(*) FROM meta");
            connection
                    .unwrap(SQLiteConnection.class)
                    .getDatabase()
                    .backup(
                            "main",
                            draft.toString(),
                            (left, total) -> progress.copied(
                                    (long) (total - left) * FileFormat.PAGE, (long) total * FileFormat.PAGE),
                            PAUSE_MILLIS,
                            MAX_PAUSES,
                            PAGES_PER_STEP);
            Database.run(connection, "COMMIT");
        }
    }

    private static void check(Path draft) throws SQLException {
        FileFormat.checkMagic(draft);
        try (Connection connection = Database.writer(draft)) {
            // A single file, without a log next to it.
            Database.run(connection, "PRAGMA journal_mode = DELETE");
            checkIntegrity(connection, draft);
        }
    }

    private static void checkIntegrity(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String result = row.next() ? row.getString(1) : "no answer";
            if (!"ok".equals(result)) {
                throw new StoreException(file + " is damaged: " + result + " (expected: an intact backup)");
            }
        }
    }

    private static StoreException failed(Path target, Path draft, String reason, Exception e) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException leftover) {
            e.addSuppressed(leftover);
        }
        return new StoreException("backup to " + target + " failed: " + reason, e);
    }

    /** Makes a backup the store of a directory. Returns the number of entries. */
    static long restore(Path source, Path directory) {
        if (!Files.exists(source)) {
            throw new StoreException("backup file " + source + " does not exist");
        }
        FileFormat.checkMagic(source);
        Path file = directory.resolve(StoreFile.FILE);
        Path draft = directory.resolve(StoreFile.FILE + ".new");
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            if (Files.exists(file)) {
                throw new StoreException("data directory " + lock.directory()
                        + " holds a store already (expected: none; move " + StoreFile.FILE + " away first)");
            }
            StoreFile.clear(directory);
            PrivateFiles.makeFile(draft);
            try (OutputStream out = Files.newOutputStream(draft)) {
                Files.copy(source, out);
            }
            long entries = prepare(source, draft);
            StoreFile.put(draft, file);
            return entries;
        } catch (SQLException e) {
            throw Database.explain(source, e);
        } catch (IOException e) {
            throw new StoreException("restoring " + source + " to " + directory + " failed: " + e, e);
        }
    }

    /** Leaves out the revisions and the ids of leases that may have been used since by whoever had the tree. */
    static void jump(Connection connection, long newest) throws SQLException {
        long lastLease = FileFormat.lastLease(connection);
        FileFormat.put(connection, "compacted", newest + JUMP);
        Database.run(connection, "DELETE FROM sqlite_sequence WHERE name = 'lease'");
        Database.run(connection, "INSERT INTO sqlite_sequence VALUES ('lease', " + (lastLease + JUMP) + ")");
    }

    private static long prepare(Path source, Path draft) throws SQLException {
        try (Connection connection = Database.writer(draft)) {
            FileFormat.CURRENT.upgrade(connection, source);
            checkIntegrity(connection, source);
            RecoveredState recovered = RecoveredState.now(connection, draft);
            Database.run(connection, "BEGIN IMMEDIATE");
            // Whoever has seen what came after the backup must not take it for the same tree.
            FileFormat.identify(connection);
            for (String role : List.of(Replication.MAIN, Replication.FORMER, Replication.SUPERSEDED)) {
                FileFormat.put(connection, role, "");
            }
            jump(connection, recovered.newest());
            Database.run(connection, "COMMIT");
            return recovered.index().size();
        }
    }
}
