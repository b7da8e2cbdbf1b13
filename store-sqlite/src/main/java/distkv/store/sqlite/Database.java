package distkv.store.sqlite;

import distkv.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** How this engine uses SQLite: its settings, simple statements and the meaning of its errors. */
final class Database {
    /** The errors of a file whose content has changed since it was written; an impossible length is "too big". */
    private static final List<String> DAMAGED = List.of("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_TOOBIG");

    private static final int BUSY_MILLIS = 10_000;

    private Database() {}

    /** The connection that writes. */
    static Connection writer(Path file) throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(JournalMode.WAL);
        // NORMAL would lose acknowledged commits in a power failure.
        config.setSynchronous(SynchronousMode.FULL);
        // SQLite's own checkpoints hide their sync errors.
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "0");
        // A log that has grown during a long read gives its space back.
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(WalFile.BYTES));
        return config.createConnection("jdbc:sqlite:" + file);
    }

    /** A connection that only reads. The writer may be another process. */
    static Connection reader(Path file) throws SQLException {
        Connection connection = config().createConnection("jdbc:sqlite:" + file);
        run(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /** A connection that must be the only one; it needs just the database and its log, and writes neither. */
    static Connection alone(Path file) throws SQLException {
        SQLiteConfig config = config();
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        run(connection, "PRAGMA query_only = ON");
        return connection;
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        // Otherwise every insert is followed by a query for its row id, which takes longer than the insert.
        config.setGetGeneratedKeys(false);
        config.setPragma(SQLiteConfig.Pragma.TEMP_STORE, "memory");
        return config;
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    static boolean isFull(SQLException e) {
        return e instanceof SQLiteException sqlite && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
    }

    /** The exception for a file that cannot be used. */
    static StoreException explain(Path file, SQLException e) {
        String reason = reason(e);
        boolean damaged = !(e instanceof SQLiteException) || DAMAGED.stream().anyMatch(reason::startsWith);
        String advice =
                damaged ? " is damaged: " + reason + " (" + FileFormat.RESTORE + ")" : " cannot be used: " + reason;
        return new StoreException(file + advice, e);
    }

    /** SQLite's own text, without the driver's. */
    static String reason(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            return sqlite.getResultCode().name().toUpperCase(Locale.ROOT) + ", " + sqlite.getResultCode().message;
        }
        return String.valueOf(e.getMessage());
    }
}
