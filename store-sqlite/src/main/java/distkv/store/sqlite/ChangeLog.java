package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.WriteId;
import distkv.store.CommitOutcome;
import distkv.store.engine.Mutation;
import distkv.store.sqlite.directory.DirectoryLock;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends to the file. Used by the {@link StoreWriter} only. */
final class ChangeLog {
    /** How many rows one statement inserts if there are enough, since most of the cost is per statement. */
    private static final int MANY = 16;

    private static final int COLUMNS = 11;

    private static final long NO_TICK = -1;

    private record Row(
            Entry entry,
            @Nullable Entry previous,
            @Nullable WriteId id,
            @Nullable Origin origin) {}

    /** The prepared statements. The driver closes one that has failed; all of them are then prepared again. */
    private record Statements(
            PreparedStatement begin,
            PreparedStatement commit,
            PreparedStatement rollback,
            PreparedStatement insertOne,
            PreparedStatement insertMany,
            PreparedStatement insertLease,
            PreparedStatement deleteLease,
            PreparedStatement deleteMany) {

        static Statements prepare(Connection connection) throws SQLException {
            String insert =
                    "INSERT INTO change(tick, path, value, lease, replaces, sum, created, writer, number, author, cause)"
                            + " VALUES ";
            String row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
            return new Statements(
                    connection.prepareStatement("BEGIN IMMEDIATE"),
                    connection.prepareStatement("COMMIT"),
                    connection.prepareStatement("ROLLBACK"),
                    connection.prepareStatement(insert + row),
                    connection.prepareStatement(insert + row + (", " + row).repeat(MANY - 1)),
                    connection.prepareStatement("INSERT INTO lease(id, ttl_millis) VALUES (?, ?)"),
                    connection.prepareStatement("DELETE FROM lease WHERE id = ?"),
                    connection.prepareStatement("DELETE FROM change WHERE tick IN (?" + ", ?".repeat(MANY - 1) + ")"));
        }

        void close() throws SQLException {
            for (PreparedStatement statement :
                    List.of(begin, commit, rollback, insertOne, insertMany, insertLease, deleteLease, deleteMany)) {
                statement.close();
            }
        }
    }

    private final Connection connection;
    private final WalFile wal;
    private final List<Row> rows = new ArrayList<>();
    private Statements statements;
    private int dropped;
    private boolean isFull;

    ChangeLog(Connection connection, WalFile wal) throws SQLException {
        this.connection = connection;
        this.wal = wal;
        this.statements = Statements.prepare(connection);
    }

    /** Writes everything in one transaction. Returns {@code null} if it is durable, otherwise what became of it. */
    @Nullable
    CommitOutcome write(List<Mutation> mutations, Compaction.@Nullable Drop drop) {
        return transact(() -> {
            dropped = drop == null ? 0 : delete(drop);
            rows.clear();
            for (Mutation mutation : mutations) {
                switch (mutation) {
                    case Mutation.Changed(
                            ChangeBatch batch,
                            List<@Nullable Entry> previous,
                            WriteId id,
                            Origin origin) -> {
                        for (int i = 0; i < previous.size(); i++) {
                            rows.add(new Row(batch.changes().get(i), previous.get(i), i == 0 ? id : null, origin));
                        }
                    }
                    case Mutation.Granted granted -> {
                        statements.insertLease.setLong(1, granted.lease());
                        statements.insertLease.setLong(2, granted.ttl().toMillis());
                        statements.insertLease.executeUpdate();
                    }
                    case Mutation.Ended ended -> {
                        statements.deleteLease.setLong(1, ended.lease());
                        statements.deleteLease.executeUpdate();
                    }
                    case Mutation.Noted(String name, String value) -> FileFormat.put(connection, name, value);
                }
            }
            insertRows();
        });
    }

    private void insertRows() throws SQLException {
        int at = 0;
        while (at < rows.size()) {
            int count = rows.size() - at >= MANY ? MANY : 1;
            PreparedStatement insert = count == MANY ? statements.insertMany : statements.insertOne;
            for (int i = 0; i < count; i++) {
                bind(insert, COLUMNS * i, rows.get(at + i));
            }
            insert.executeUpdate();
            at += count;
        }
    }

    /** How many rows the last transaction dropped. */
    int dropped() {
        return dropped;
    }

    /** Whether the last transaction failed because the disk is full. */
    boolean isFull() {
        return isFull;
    }

    private int delete(Compaction.Drop drop) throws SQLException {
        int count = 0;
        for (int at = 0; at < drop.ticks().length; at += MANY) {
            for (int i = 0; i < MANY; i++) {
                statements.deleteMany.setLong(i + 1, at + i < drop.ticks().length ? drop.ticks()[at + i] : NO_TICK);
            }
            count += statements.deleteMany.executeUpdate();
        }
        if (drop.first()) {
            FileFormat.put(connection, "compacted", drop.compacted());
        }
        if (drop.last()) {
            FileFormat.put(connection, "walked", drop.compacted());
        }
        return count;
    }

    private static void bind(PreparedStatement insert, int offset, Row row) throws SQLException {
        Entry entry = row.entry();
        byte[] key = entry.path().key();
        byte[] value = entry.value() == null ? null : entry.value().bytes();
        long replaces = row.previous() == null ? 0 : row.previous().tick();
        insert.setLong(offset + 1, entry.tick());
        insert.setBytes(offset + 2, key);
        insert.setBytes(offset + 3, value);
        setUnlessZero(insert, offset + 4, entry.lease());
        setUnlessZero(insert, offset + 5, replaces);
        long created = entry.created() == entry.tick() ? 0 : entry.created();
        WriteId id = row.id();
        long writer = id == null ? 0 : id.writer();
        long number = id == null ? 0 : id.number();
        Origin origin = row.origin();
        long sum = ChangeRows.sum(entry.tick(), key, value, entry.lease(), replaces, created, writer, number);
        insert.setLong(offset + 6, ChangeRows.sum(sum, origin));
        setUnlessZero(insert, offset + 7, created);
        setUnlessZero(insert, offset + 8, writer);
        setUnlessZero(insert, offset + 9, number);
        insert.setString(offset + 10, origin == null ? null : origin.by());
        setUnlessZero(insert, offset + 11, origin == null ? 0 : origin.cause());
    }

    private static void setUnlessZero(PreparedStatement insert, int column, long number) throws SQLException {
        if (number == 0) {
            insert.setNull(column, Types.INTEGER);
        } else {
            insert.setLong(column, number);
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs work in a transaction. An error before the commit leaves nothing behind: frames without a commit frame do not
     * count. A full disk at the commit may leave a complete commit frame, since the part of it that was not written may be
     * in the log already, from earlier use or as zeros; it is erased before the commit is called refused. After any other
     * error at the commit the outcome is unknown: a commit whose sync failed is usually still there when the file is opened
     * again.
     */
    private @Nullable CommitOutcome transact(Work work) {
        boolean committing = false;
        isFull = false;
        try {
            statements.begin.executeUpdate();
            work.run();
            committing = true;
            statements.commit.executeUpdate();
            return null;
        } catch (SQLException e) {
            String reason = Database.reason(e);
            isFull = Database.isFull(e);
            if (committing && !isFull) {
                return new CommitOutcome.Unknown("the commit failed: " + reason);
            }
            try {
                rollback();
                if (committing) {
                    wal.eraseAfter(WalFile.frames(connection));
                }
            } catch (SQLException again) {
                return notRolledBack(Database.reason(again), reason);
            } catch (IOException again) {
                return notRolledBack(DirectoryLock.reason(again), reason);
            }
            return new CommitOutcome.Refused(isFull ? "disk full: " + reason : "cannot write: " + reason);
        }
    }

    private static CommitOutcome notRolledBack(String why, String reason) {
        return new CommitOutcome.Unknown("the rollback failed: " + why + ", after " + reason);
    }

    private void rollback() throws SQLException {
        try {
            statements.rollback.executeUpdate();
        } catch (SQLException e) {
            // After some errors SQLite has already rolled back.
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                throw e;
            }
        }
        statements.close();
        statements = Statements.prepare(connection);
    }
}
