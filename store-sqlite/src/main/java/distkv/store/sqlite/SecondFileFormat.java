package distkv.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Format 2: rows record when their entry was created and which request they were made for. In format 1 they record only
 * the tick that they replace; the upgrade follows these from the oldest row on. If the row that created an entry was
 * compacted, the oldest tick that is still mentioned counts.
 */
final class SecondFileFormat {
    private SecondFileFormat() {}

    static void make(Connection connection) throws SQLException {
        FileFormat.Upgrade.of(
                        "ALTER TABLE change ADD COLUMN created INTEGER",
                        "ALTER TABLE change ADD COLUMN writer INTEGER",
                        "ALTER TABLE change ADD COLUMN number INTEGER",
                        "ALTER TABLE change ADD COLUMN author TEXT",
                        "ALTER TABLE change ADD COLUMN cause TEXT")
                .run(connection);
        // Only the chains that are still open, never all entries of the tree.
        Map<Long, Long> created = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT tick, path, value, lease, replaces, sum FROM change WHERE replaces IS NOT NULL AND value IS"
                                + " NOT NULL AND tick > ? ORDER BY tick LIMIT 1000");
                PreparedStatement update =
                        connection.prepareStatement("UPDATE change SET created = ?, sum = ? WHERE tick = ?")) {
            long after = Long.MIN_VALUE;
            for (boolean more = true; more; ) {
                select.setLong(1, after);
                more = false;
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        more = true;
                        after = row.getLong(1);
                        long replaces = row.getLong(5);
                        Long known = created.remove(replaces);
                        long first = known == null ? replaces : known;
                        created.put(after, first);
                        upgrade(row, first, update);
                    }
                }
                update.executeBatch();
            }
        }
    }

    private static void upgrade(ResultSet row, long created, PreparedStatement update) throws SQLException {
        long tick = row.getLong(1);
        byte[] key = row.getBytes(2);
        byte[] value = row.getBytes(3);
        long lease = row.getLong(4);
        long replaces = row.getLong(5);
        if (key == null || row.getLong(6) != ChangeRows.sum(tick, key, value, lease, replaces, 0, 0, 0)) {
            throw new SQLException("the row of tick " + tick + " is damaged");
        }
        update.setLong(1, created);
        update.setLong(2, ChangeRows.sum(tick, key, value, lease, replaces, created, 0, 0));
        update.setLong(3, tick);
        update.addBatch();
    }
}
