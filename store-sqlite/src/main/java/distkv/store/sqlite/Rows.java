package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.store.EntryIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the table of changes back into entries. */
final class Rows {
    private static final String SELECT =
            "SELECT tick, path, value, lease FROM change WHERE tick >= ? AND tick < ? ORDER BY tick";

    private Rows() {}

    /**
     * What the rows up to a revision make.
     *
     * @param index the entries present at that revision
     * @param superseded how many rows are not among them
     */
    record Tip(EntryIndex index, long superseded) {}

    static Tip tip(Connection connection, long revision) throws SQLException {
        EntryIndex index = new EntryIndex();
        long rows = 0;
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, 0);
            select.setLong(2, Revision.tick(revision + 1, 0));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Entry entry = entry(row);
                    rows++;
                    if (entry.isDeletion()) {
                        index.remove(entry.path());
                    } else {
                        index.put(entry);
                    }
                }
            }
        }
        return new Tip(index, rows - index.size());
    }

    /** The commits after a revision up to another, as many as {@code maxBytes} hold, at least one. */
    static List<ChangeBatch> batches(Connection connection, long after, long last, long maxBytes) throws SQLException {
        List<ChangeBatch> batches = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, Revision.tick(after + 1, 0));
            select.setLong(2, Revision.tick(last + 1, 0));
            try (ResultSet row = select.executeQuery()) {
                List<Entry> changes = new ArrayList<>();
                long revision = 0;
                long bytes = 0;
                while (row.next()) {
                    Entry entry = entry(row);
                    if (entry.revision() != revision && !changes.isEmpty()) {
                        batches.add(new ChangeBatch(revision, List.copyOf(changes)));
                        changes.clear();
                        if (bytes > maxBytes) {
                            return batches;
                        }
                    }
                    revision = entry.revision();
                    changes.add(entry);
                    bytes += 100
                            + entry.path().key().length
                            + (entry.value() == null ? 0 : entry.value().size());
                }
                if (!changes.isEmpty()) {
                    batches.add(new ChangeBatch(revision, List.copyOf(changes)));
                }
            }
        }
        return batches;
    }

    private static Entry entry(ResultSet row) throws SQLException {
        byte[] value = row.getBytes(3);
        return new Entry(
                Path.ofTrustedKey(row.getBytes(2)),
                value == null ? null : new Value(value),
                row.getLong(1),
                row.getLong(4));
    }
}
