package distkv.store.sqlite;

import distkv.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * What is in the file, and how older files become like it.
 *
 * <p>{@code change} is the log, only ever appended to: {@code tick} is revision and position, {@code value} is NULL for
 * a deletion, {@code replaces} is the tick of the entry that was there before, so what a change supersedes is found
 * without searching. {@code lease} holds the leases; SQLite's AUTOINCREMENT sees to it that no id comes twice.
 * {@code meta} holds {@code format}, {@code tree}, {@code created}, {@code compacted}, the revision where history
 * begins, and {@code walked}, that up to which all that was superseded is gone.
 *
 * @param upgrades the statements that make format n + 1 of format n, from format 1 on
 */
record Format(List<List<String>> upgrades) {
    static final Format CURRENT = new Format(List.of());

    static final String RESTORE =
            "expected: a store of DistKV; move it away, and bring back a backup with `distkv restore FILE`";

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE change(tick INTEGER PRIMARY KEY, path BLOB NOT NULL, value BLOB, lease INTEGER, replaces INTEGER)",
            "CREATE TABLE lease(id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_millis INTEGER NOT NULL)",
            "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID");

    /** The number of the format that this makes. */
    int number() {
        return upgrades.size() + 1;
    }

    /** Refuses a file that SQLite would take for a new one, or that is something else. */
    static void checkMagic(Path file) {
        byte[] head = new byte[MAGIC.length];
        try (InputStream in = Files.newInputStream(file)) {
            if (in.readNBytes(head, 0, head.length) < head.length || Files.size(file) < 512) {
                throw new StoreException(file + " is cut off after " + Files.size(file) + " bytes (" + RESTORE + ")");
            }
        } catch (IOException e) {
            throw new StoreException(file + " cannot be read: " + e, e);
        }
        if (!Arrays.equals(head, MAGIC)) {
            throw new StoreException(file + " is not an SQLite file (" + RESTORE + ")");
        }
    }

    /** Makes the tables of a new store. */
    void create(Connection connection, String tree) throws SQLException {
        Database.run(connection, "BEGIN IMMEDIATE");
        for (String statement : SCHEMA) {
            Database.run(connection, statement);
        }
        put(connection, "format", number());
        put(connection, "tree", tree);
        put(connection, "created", Instant.now().toString());
        put(connection, "compacted", 0L);
        put(connection, "walked", 0L);
        Database.run(connection, "COMMIT");
    }

    /** Makes the file's format the current one, in one transaction, or says why it cannot. */
    void upgrade(Connection connection, Path file) throws SQLException {
        if (Database.number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") == 0) {
            throw new StoreException(file + " is an SQLite file, but not a store of DistKV (" + RESTORE + ")");
        }
        long found = Database.number(connection, "SELECT value FROM meta WHERE key = 'format'");
        if (found > number()) {
            throw new StoreException(file + " has format " + found + " (expected: " + number()
                    + " or older; it was written by a newer DistKV, so use that one)");
        }
        if (found < 1) {
            throw new StoreException(file + " has no format number (" + RESTORE + ")");
        }
        if (found < number()) {
            Database.run(connection, "BEGIN IMMEDIATE");
            for (List<String> statements : upgrades.subList((int) found - 1, upgrades.size())) {
                for (String statement : statements) {
                    Database.run(connection, statement);
                }
            }
            put(connection, "format", number());
            Database.run(connection, "COMMIT");
        }
    }

    static void put(Connection connection, String key, Object value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT OR REPLACE INTO meta VALUES (?, ?)")) {
            statement.setString(1, key);
            statement.setObject(2, value);
            statement.executeUpdate();
        }
    }

    static String text(Connection connection, Path file, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT value FROM meta WHERE key = ?")) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new StoreException(file + " has no '" + key + "' (" + RESTORE + ")");
                }
                return row.getString(1);
            }
        }
    }
}
