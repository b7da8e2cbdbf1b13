package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.store.CopyBatch;
import distkv.store.engine.AuthorNames;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads the table {@code change} back into entries. */
final class ChangeRows {
    private static final String SELECT =
            "SELECT tick, path, value, lease, replaces, sum, writer, number, created, author, cause FROM change"
                    + " WHERE tick >= ? AND tick < ? ORDER BY tick";

    /** About how many bytes a row takes besides its path and value. */
    static final int OVERHEAD = 100;

    private static final long CREATED_MIX = 0xD6E8FEB86659FD93L;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private ChangeRows() {}

    /** The changes from one tick to before another, in order. */
    static List<Entry> read(Connection connection, long from, long to, AuthorNames names) throws SQLException {
        List<Entry> changes = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, from);
            select.setLong(2, to);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    changes.add(entry(row, names));
                }
            }
        }
        return changes;
    }

    /** The commits after a revision up to another: as many as fit into {@code maxBytes}, but at least one. */
    static List<ChangeBatch> batches(Connection connection, long after, long last, long maxBytes, AuthorNames names)
            throws SQLException {
        List<ChangeBatch> batches = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, Revision.tick(after + 1, 0));
            select.setLong(2, Revision.tick(last + 1, 0));
            try (ResultSet row = select.executeQuery()) {
                List<Entry> changes = new ArrayList<>();
                long revision = 0;
                long bytes = 0;
                while (row.next()) {
                    Entry entry = entry(row, names);
                    if (entry.revision() != revision && !changes.isEmpty()) {
                        batches.add(new ChangeBatch(revision, List.copyOf(changes)));
                        changes.clear();
                        if (bytes > maxBytes) {
                            return batches;
                        }
                    }
                    revision = entry.revision();
                    changes.add(entry);
                    bytes += OVERHEAD
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

    /** The changes after a tick, in order, as a copy needs them: up to about {@code maxBytes} of them. */
    static List<CopyBatch.Row> forCopy(Connection connection, long after, long maxBytes) throws SQLException {
        List<CopyBatch.Row> rows = new ArrayList<>();
        AuthorNames none = new AuthorNames();
        long bytes = 0;
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setLong(1, after + 1);
            select.setLong(2, Long.MAX_VALUE);
            try (ResultSet row = select.executeQuery()) {
                while (bytes < maxBytes && row.next()) {
                    Entry entry = entry(row, none);
                    String by = row.getString(10);
                    rows.add(new CopyBatch.Row(
                            entry,
                            row.getLong(5),
                            row.getLong(7) == 0 ? null : new WriteId(row.getLong(7), row.getLong(8)),
                            by == null ? null : new Origin(by, row.getLong(11))));
                    bytes += OVERHEAD
                            + entry.path().key().length
                            + (entry.value() == null ? 0 : entry.value().size());
                }
            }
        }
        return rows;
    }

    /** The requests of some writers that were committed after a revision up to another, and those revisions. */
    static Map<WriteId, List<Long>> writtenBy(Connection connection, Set<Long> writers, long after, long last)
            throws SQLException {
        Map<WriteId, List<Long>> written = new HashMap<>();
        String numbers = writers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        try (PreparedStatement select =
                connection.prepareStatement("SELECT tick, writer, number FROM change WHERE tick >= ? AND tick < ?"
                        + " AND writer IN (" + numbers + ") ORDER BY tick")) {
            select.setLong(1, Revision.tick(after + 1, 0));
            select.setLong(2, Revision.tick(last + 1, 0));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    WriteId id = new WriteId(row.getLong(2), row.getLong(3));
                    written.computeIfAbsent(id, _ -> new ArrayList<>()).add(Revision.ofTick(row.getLong(1)));
                }
            }
        }
        return written;
    }

    /** The entries that the changes of a commit replaced. */
    static List<@Nullable Entry> previous(Connection connection, long revision) throws SQLException {
        List<@Nullable Entry> previous = new ArrayList<>();
        AuthorNames names = new AuthorNames();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT replaces FROM change WHERE tick >= ? AND tick < ? ORDER BY tick")) {
            select.setLong(1, Revision.tick(revision, 0));
            select.setLong(2, Revision.tick(revision + 1, 0));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long replaced = row.getLong(1);
                    List<Entry> found = replaced == 0 ? List.of() : read(connection, replaced, replaced + 1, names);
                    previous.add(found.isEmpty() ? null : found.getFirst());
                }
            }
        }
        return previous;
    }

    private static Entry entry(ResultSet row, AuthorNames names) throws SQLException {
        long tick = row.getLong(1);
        byte[] key = row.getBytes(2);
        byte[] value = row.getBytes(3);
        long lease = row.getLong(4);
        long created = row.getLong(9);
        long sum =
                key == null ? 0 : sum(tick, key, value, lease, row.getLong(5), created, row.getLong(7), row.getLong(8));
        byte[] author = row.getBytes(10);
        if (key == null || row.getLong(6) != sum(sum, author, author == null ? 0 : row.getLong(11))) {
            throw new SQLException("the row of tick " + tick + " is damaged");
        }
        return new Entry(
                Path.ofTrustedKey(key),
                value == null ? null : new Value(value),
                tick,
                lease,
                created == 0 ? tick : created,
                names.of(author));
    }

    /** The checksum of a row with an origin: that of the rest of the row if there is none. */
    static long sum(long rest, @Nullable Origin origin) {
        return origin == null ? rest : sum(rest, origin.by().getBytes(StandardCharsets.UTF_8), origin.cause());
    }

    private static long sum(long rest, byte @Nullable [] author, long cause) {
        if (author == null) {
            return rest;
        }
        CRC32C bytes = new CRC32C();
        bytes.update(author, 0, author.length);
        return rest ^ (((bytes.getValue() + 1 ^ cause * CREATED_MIX) * MIX) >>> 32);
    }

    /**
     * The checksum of a row without an origin.
     *
     * @param created 0 if it is the row's own tick; the sum of a row without an id is then that of format 1
     */
    static long sum(
            long tick,
            byte[] key,
            byte @Nullable [] value,
            long lease,
            long replaces,
            long created,
            long writer,
            long number) {
        CRC32C bytes = new CRC32C();
        bytes.update(key, 0, key.length);
        if (value != null) {
            bytes.update(value, 0, value.length);
        }
        long numbers = ((tick * 31 + lease) * 31 + replaces) * 31 + (value == null ? -1 : value.length);
        numbers += (writer * 31 + number) * 37;
        return bytes.getValue() ^ (((numbers ^ created * CREATED_MIX) * MIX) >>> 32);
    }
}
