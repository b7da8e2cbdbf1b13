package distkv.store.sqlite;

import distkv.store.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Copies the write-ahead log into the file in time, so that the log starts again at its beginning and its blocks are
 * used again: appending to a growing file halves the rate of synced writes. Used by the {@link Writer}'s thread only.
 */
final class Checkpoint {
    private static final int PAGE = 4096;
    /** Copied when the log is about so long; a little less than what it is made at the start. */
    private static final long DUE_BYTES = 1000L * PAGE;

    private static final int LOG_BYTES = 5 << 20;

    private final PreparedStatement passive;
    private long written;

    Checkpoint(Connection connection) throws SQLException {
        passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
    }

    /**
     * Makes the log as long as it usually gets, filled with zeros, which are no frames for SQLite. The file is open in
     * SQLite already; that does no harm, since no locks are on the log itself.
     */
    static void lengthen(Path file) throws IOException {
        try (FileChannel log = FileChannel.open(
                file.resolveSibling(file.getFileName() + "-wal"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            long size = log.size();
            if (size < LOG_BYTES) {
                ByteBuffer zeros = ByteBuffer.allocate((int) (LOG_BYTES - size));
                log.position(size);
                while (zeros.hasRemaining()) {
                    log.write(zeros);
                }
                log.force(true);
            }
        }
    }

    /** Counts what a transaction of so many bytes has added to the log, roughly. */
    void count(long bytes) {
        written += bytes + 2 * PAGE;
    }

    boolean isDue() {
        return written > DUE_BYTES;
    }

    /** Returns {@code null} if it worked or can be tried again later; otherwise the file is no longer to be trusted. */
    Outcome.@Nullable Unknown run() {
        written = 0;
        try (ResultSet row = passive.executeQuery()) {
            row.next();
            return null;
        } catch (SQLException e) {
            return Database.isFull(e) ? null : new Outcome.Unknown("the checkpoint failed: " + Database.reason(e));
        }
    }
}
