package distkv.store.sqlite;

import distkv.model.Origin;
import distkv.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads from the file who made single changes, for any thread, with a connection that is opened when first needed. */
final class OriginReader implements AutoCloseable {
    private static final String SELECT = "SELECT author, cause FROM change WHERE tick = ?";

    private final Path file;
    private @Nullable Connection connection;
    private @Nullable PreparedStatement select;
    private boolean closed;

    OriginReader(Path file) {
        this.file = file;
    }

    /** The origin of a change; {@code null} if it has none, is not there any more, or the store is closed. */
    synchronized @Nullable Origin read(long tick) {
        if (closed) {
            return null;
        }
        try {
            PreparedStatement prepared = select;
            if (prepared == null) {
                Connection opened = Database.reader(file);
                connection = opened;
                prepared = opened.prepareStatement(SELECT);
                select = prepared;
            }
            return read(prepared, tick);
        } catch (SQLException e) {
            StoreException failed = Database.explain(file, e);
            try {
                closeConnection();
            } catch (SQLException again) {
                failed.addSuppressed(again);
            }
            throw failed;
        }
    }

    /** The origin of a change, read with a connection of somebody else's. */
    static @Nullable Origin read(Connection connection, long tick) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            return read(select, tick);
        }
    }

    private static @Nullable Origin read(PreparedStatement select, long tick) throws SQLException {
        select.setLong(1, tick);
        try (ResultSet row = select.executeQuery()) {
            String by = row.next() ? row.getString(1) : null;
            return by == null ? null : new Origin(by, row.getLong(2));
        }
    }

    private void closeConnection() throws SQLException {
        Connection open = connection;
        connection = null;
        select = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        closed = true;
        closeConnection();
    }
}
