package distkv.store.sqlite;

import distkv.model.Revision;
import distkv.store.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drops what was superseded before the history that is kept, a slice at a time between commits, so nobody waits long.
 * A slice walks some revisions of the log in order; what their changes replaced is dropped, and so are deletions. Up to
 * the revision it has come to, the log holds just the entries that were present then. Run by the {@link Writer}'s
 * thread; {@link #reached} may be asked by any.
 */
final class Compaction {
    /** The revisions of a slice. At one slice for so many commits it keeps up without ever being felt. */
    private static final int SLICE = 512;

    /** One statement deletes so many rows. */
    private static final int MANY = 16;

    private static final long NO_TICK = -1;

    private final ChangeLog log;
    private final long retain;
    private final PreparedStatement scan;
    private final PreparedStatement delete;
    private final PreparedStatement record;
    private volatile long reached;

    Compaction(ChangeLog log, long retain) throws SQLException {
        this.log = log;
        this.retain = retain;
        Connection connection = log.connection();
        scan = connection.prepareStatement(
                "SELECT tick, replaces, value IS NULL FROM change WHERE tick >= ? AND tick < ? ORDER BY tick");
        delete = connection.prepareStatement("DELETE FROM change WHERE tick IN (?" + ", ?".repeat(MANY - 1) + ")");
        record = connection.prepareStatement("UPDATE meta SET value = ? WHERE key = 'compacted'");
        reached = Database.number(connection, "SELECT value FROM meta WHERE key = 'compacted'");
    }

    /** The oldest revision that can still be loaded and followed from. */
    long reached() {
        return reached;
    }

    boolean isDue(long newest) {
        return newest - retain - reached >= SLICE;
    }

    /** One slice. Returns {@code null} if it worked, else what became of it. */
    @Nullable
    Outcome run() {
        long from = reached;
        long to = from + SLICE;
        // Readers look at this after they have read, so it must change before rows go.
        reached = to;
        return log.transact(() -> {
            drop(superseded(from, to));
            record.setLong(1, to);
            record.executeUpdate();
        });
    }

    private List<Long> superseded(long after, long to) throws SQLException {
        List<Long> ticks = new ArrayList<>();
        scan.setLong(1, Revision.tick(after + 1, 0));
        scan.setLong(2, Revision.tick(to + 1, 0));
        try (ResultSet row = scan.executeQuery()) {
            while (row.next()) {
                long replaces = row.getLong(2);
                if (!row.wasNull()) {
                    ticks.add(replaces);
                }
                if (row.getBoolean(3)) {
                    ticks.add(row.getLong(1));
                }
            }
        }
        ticks.sort(null);
        return ticks;
    }

    private void drop(List<Long> ticks) throws SQLException {
        for (int at = 0; at < ticks.size(); at += MANY) {
            for (int i = 0; i < MANY; i++) {
                delete.setLong(i + 1, at + i < ticks.size() ? ticks.get(at + i) : NO_TICK);
            }
            delete.executeUpdate();
        }
    }
}
