package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.store.Outcome;
import distkv.store.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends to the file. Used by the {@link Writer}'s thread only. */
final class ChangeLog {
    /** So many rows are inserted by one statement where there are as many: most of the cost is per statement. */
    private static final int MANY = 16;

    private static final long NO_TICK = -1;

    private record Row(Entry entry, @Nullable Entry previous) {}

    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private final PreparedStatement insertOne;
    private final PreparedStatement insertMany;
    private final PreparedStatement insertLease;
    private final PreparedStatement deleteLease;
    private final PreparedStatement deleteMany;
    private final PreparedStatement updateMeta;
    private final List<Row> rows = new ArrayList<>();

    ChangeLog(Connection connection) throws SQLException {
        this.connection = connection;
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        rollback = connection.prepareStatement("ROLLBACK");
        String row = "(?, ?, ?, ?, ?)";
        insertOne = connection.prepareStatement("INSERT INTO change VALUES " + row);
        insertMany = connection.prepareStatement("INSERT INTO change VALUES " + row + (", " + row).repeat(MANY - 1));
        insertLease = connection.prepareStatement("INSERT INTO lease VALUES (?, ?)");
        deleteLease = connection.prepareStatement("DELETE FROM lease WHERE id = ?");
        deleteMany = connection.prepareStatement("DELETE FROM change WHERE tick IN (?" + ", ?".repeat(MANY - 1) + ")");
        updateMeta = connection.prepareStatement("UPDATE meta SET value = ? WHERE key = ?");
    }

    /** Writes all that in one transaction. Returns {@code null} if it is durable, else what became of it. */
    @Nullable
    Outcome write(List<Step> steps, List<Task.Drop> drops) {
        return transact(() -> {
            for (Task.Drop drop : drops) {
                delete(drop);
            }
            rows.clear();
            for (Step step : steps) {
                switch (step) {
                    case Step.Changed(ChangeBatch batch, List<@Nullable Entry> previous) -> {
                        for (int i = 0; i < previous.size(); i++) {
                            rows.add(new Row(batch.changes().get(i), previous.get(i)));
                        }
                    }
                    case Step.Granted granted -> {
                        insertLease.setLong(1, granted.lease());
                        insertLease.setLong(2, granted.ttl().toMillis());
                        insertLease.executeUpdate();
                    }
                    case Step.Ended ended -> {
                        deleteLease.setLong(1, ended.lease());
                        deleteLease.executeUpdate();
                    }
                }
            }
            insertRows();
        });
    }

    private void insertRows() throws SQLException {
        int at = 0;
        while (at < rows.size()) {
            int count = rows.size() - at >= MANY ? MANY : 1;
            PreparedStatement insert = count == MANY ? insertMany : insertOne;
            for (int i = 0; i < count; i++) {
                bind(insert, 5 * i, rows.get(at + i));
            }
            insert.executeUpdate();
            at += count;
        }
    }

    private void delete(Task.Drop drop) throws SQLException {
        for (int at = 0; at < drop.ticks().length; at += MANY) {
            for (int i = 0; i < MANY; i++) {
                deleteMany.setLong(i + 1, at + i < drop.ticks().length ? drop.ticks()[at + i] : NO_TICK);
            }
            deleteMany.executeUpdate();
        }
        put("compacted", drop.compacted());
        if (drop.last()) {
            put("walked", drop.compacted());
        }
    }

    private void put(String key, long value) throws SQLException {
        updateMeta.setLong(1, value);
        updateMeta.setString(2, key);
        updateMeta.executeUpdate();
    }

    private static void bind(PreparedStatement insert, int offset, Row row) throws SQLException {
        Entry entry = row.entry();
        insert.setLong(offset + 1, entry.tick());
        insert.setBytes(offset + 2, entry.path().key());
        insert.setBytes(offset + 3, entry.value() == null ? null : entry.value().bytes());
        if (entry.lease() == 0) {
            insert.setNull(offset + 4, Types.INTEGER);
        } else {
            insert.setLong(offset + 4, entry.lease());
        }
        if (row.previous() == null) {
            insert.setNull(offset + 5, Types.INTEGER);
        } else {
            insert.setLong(offset + 5, row.previous().tick());
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs work in a transaction. An error before the commit, or a disk that is full at the commit, leaves nothing
     * behind: frames without the commit's own are not there. After any other error at the commit nobody can know,
     * since a commit whose sync failed is usually still there when the file is opened again.
     */
    private @Nullable Outcome transact(Work work) {
        boolean committing = false;
        try {
            begin.executeUpdate();
            work.run();
            committing = true;
            commit.executeUpdate();
            return null;
        } catch (SQLException e) {
            String reason = Database.reason(e);
            if (committing && !Database.isFull(e)) {
                return new Outcome.Unknown("the commit failed: " + reason);
            }
            try {
                if (!connection.isClosed()) {
                    rollback.executeUpdate();
                }
            } catch (SQLException again) {
                // SQLite rolls back by itself after some errors, and then there is nothing left to roll back.
                if (!String.valueOf(again.getMessage()).contains("no transaction is active")) {
                    return new Outcome.Unknown("the rollback failed: " + Database.reason(again) + ", after " + reason);
                }
            }
            return new Outcome.Refused(Database.isFull(e) ? "disk full: " + reason : "cannot write: " + reason);
        }
    }
}
