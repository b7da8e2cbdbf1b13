package distkv.store.sqlite;

import distkv.model.Epochs;
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
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The content of the file, and how older formats are upgraded.
 *
 * <p>Table {@code change} is the log, which is only appended to:
 * <ul>
 *   <li>{@code tick}: revision and position,
 *   <li>{@code path}, {@code value}: NULL as value is a deletion,
 *   <li>{@code lease}: the lease that the entry is bound to,
 *   <li>{@code replaces}: the tick of the replaced entry, so that superseded rows are found without a search,
 *   <li>{@code created}: the tick that created the entry, NULL if that is the row's own,
 *   <li>{@code writer}, {@code number}: in the first row of a commit the request that it was made for
 *       ({@link distkv.model.WriteId}),
 *   <li>{@code author}, {@code cause}: the {@link distkv.model.Origin}, if the change has one; {@code cause} is NULL
 *       for 0,
 *   <li>{@code sum}: a checksum of the row, since SQLite has none.
 * </ul>
 *
 * <p>Table {@code lease} holds the leases; AUTOINCREMENT ensures that no id is used twice. Table {@code meta} holds
 * {@code format}, {@code tree}, {@code created}, {@code compacted} (the revision where history begins), {@code walked}
 * (the revision up to which all superseded rows are gone), {@code epochs} and {@code secret} ({@link Epochs}), and the
 * facts of {@link distkv.store.Replication}.
 *
 * @param upgrades the steps from format n to n + 1, from format 1 on
 */
record FileFormat(List<Upgrade> upgrades) {
    /** The step from one format to the next, within a transaction. */
    @FunctionalInterface
    interface Upgrade {
        void run(Connection connection) throws SQLException;

        /** A step that executes these statements. */
        static Upgrade of(String... statements) {
            return connection -> {
                for (String statement : statements) {
                    Database.run(connection, statement);
                }
            };
        }
    }

    /**
     * Format 3 uses the columns for the origin, which format 2 had reserved; from format 4 on a tree has an id, epochs and a
     * secret.
     */
    static final FileFormat CURRENT =
            new FileFormat(List.of(SecondFileFormat::make, Upgrade.of(), FileFormat::identify));

    /** The names of the tree's epochs, and of the secret of their seals, in {@code meta}. */
    static final String EPOCHS = "epochs";

    static final String SECRET = "secret";

    static final String RESTORE =
            "expected: a store of DistKV; move it away, and bring back a backup with `distkv restore FILE`";

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private static final int HEADER = 512;
    static final int PAGE = 4096;

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE change(tick INTEGER PRIMARY KEY, path BLOB NOT NULL, value BLOB, lease INTEGER,"
                    + " replaces INTEGER, sum INTEGER NOT NULL, created INTEGER, writer INTEGER, number INTEGER,"
                    + " author TEXT, cause TEXT)",
            "CREATE TABLE lease(id INTEGER PRIMARY KEY AUTOINCREMENT, ttl_millis INTEGER NOT NULL)",
            "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID");

    /** The number of this format. */
    int number() {
        return upgrades.size() + 1;
    }

    /** Refuses a file that SQLite would treat as empty or repair, or that is no SQLite file. */
    static void checkMagic(Path file) {
        byte[] head;
        long size;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEADER);
            size = Files.size(file);
        } catch (IOException e) {
            throw new StoreException(file + " cannot be read: " + e, e);
        }
        boolean complete = Files.exists(file.resolveSibling(file.getFileName() + "-wal")) || size % PAGE == 0;
        if (head.length < HEADER || !complete) {
            throw new StoreException(file + " is cut off after " + size + " bytes (" + RESTORE + ")");
        }
        if (!Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new StoreException(file + " is not an SQLite file (" + RESTORE + ")");
        }
    }

    /** Creates the tables of a new store. */
    void create(Connection connection, String tree) throws SQLException {
        Database.run(connection, "BEGIN IMMEDIATE");
        for (String statement : SCHEMA) {
            Database.run(connection, statement);
        }
        put(connection, "format", number());
        put(connection, "tree", tree);
        put(connection, "created", Instant.now().toString());
        put(connection, "compacted", 0);
        put(connection, "walked", 0);
        identify(connection);
        Database.run(connection, "COMMIT");
    }

    /** Makes it another tree than all others. */
    static void identify(Connection connection) throws SQLException {
        put(connection, EPOCHS, Epochs.first());
        put(connection, SECRET, Epochs.newSecret());
    }

    /** Upgrades a file to this format, in one transaction. */
    void upgrade(Connection connection, Path file) throws SQLException {
        if (Database.number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") == 0) {
            throw new StoreException(file + " is an SQLite file, but not a store of DistKV (" + RESTORE + ")");
        }
        long found = number(connection, "format");
        if (found > number()) {
            throw new StoreException(file + " has format " + found + " (expected: " + number()
                    + " or older; it was written by a newer DistKV, so use that one)");
        }
        if (found < number()) {
            Database.run(connection, "BEGIN IMMEDIATE");
            for (Upgrade upgrade : upgrades.subList((int) found - 1, upgrades.size())) {
                upgrade.run(connection);
            }
            put(connection, "format", number());
            Database.run(connection, "COMMIT");
        }
    }

    static long lastLease(Connection connection) throws SQLException {
        return Database.number(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'lease'");
    }

    static void put(Connection connection, String key, Object value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO meta(key, value, sum) VALUES (?, ?, ?)")) {
            statement.setString(1, key);
            statement.setString(2, value.toString());
            statement.setLong(3, sum(key, value.toString()));
            statement.executeUpdate();
        }
    }

    static long number(Connection connection, String key) throws SQLException {
        return Long.parseLong(text(connection, key));
    }

    static String text(Connection connection, String key) throws SQLException {
        String text = textOrNull(connection, key);
        if (text == null) {
            throw new SQLException("its '" + key + "' is missing");
        }
        return text;
    }

    static @Nullable String textOrNull(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT value, sum FROM meta WHERE key = ?")) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                String value = row.next() ? row.getString(1) : null;
                if (value != null && row.getLong(2) != sum(key, value)) {
                    throw new SQLException("its '" + key + "' is garbled");
                }
                return value;
            }
        }
    }

    private static long sum(String key, String value) {
        CRC32C sum = new CRC32C();
        sum.update((key + "=" + value).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }
}
