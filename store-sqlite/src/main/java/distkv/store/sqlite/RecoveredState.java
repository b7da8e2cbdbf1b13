package distkv.store.sqlite;

import distkv.model.Entry;
import distkv.model.Revision;
import distkv.store.engine.AuthorNames;
import distkv.store.engine.EntryIndex;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The state that results from reading the log from its beginning.
 *
 * @param newest the newest revision
 * @param index the entries present at that revision
 * @param names those of their authors
 * @param superseded how many rows hold none of them
 */
record RecoveredState(long newest, EntryIndex index, AuthorNames names, long superseded) {
    /** From this many bytes on it pays to read the second half on another thread. */
    private static final long LARGE = 4L << 20;

    /** The tree as it was at a revision. */
    static RecoveredState at(Connection connection, long revision) throws SQLException {
        // One view of the file for everything that is read.
        Database.run(connection, "BEGIN");
        long begin = FileFormat.number(connection, "compacted");
        AuthorNames names = new AuthorNames();
        List<Entry> changes = ChangeRows.read(connection, Long.MIN_VALUE, Revision.tick(revision + 1, 0), names);
        Database.run(connection, "COMMIT");
        return of(begin, names, List.of(changes));
    }

    /** The tree as it is now, while nothing is written. */
    static RecoveredState now(Connection connection, Path file) throws SQLException {
        long begin = FileFormat.number(connection, "compacted");
        AuthorNames names = new AuthorNames();
        if (Database.number(connection, "PRAGMA page_count") * FileFormat.PAGE < LARGE) {
            return of(begin, names, List.of(ChangeRows.read(connection, Long.MIN_VALUE, Long.MAX_VALUE, names)));
        }
        // Any split is correct; a good one is fast.
        long middle = Database.number(connection, "SELECT max(tick) / 2 FROM change");
        FutureTask<List<Entry>> second = new FutureTask<>(() -> {
            try (Connection another = Database.reader(file)) {
                return ChangeRows.read(another, middle, Long.MAX_VALUE, new AuthorNames());
            }
        });
        Thread.ofPlatform().name("distkv-load").start(second);
        List<Entry> first = ChangeRows.read(connection, Long.MIN_VALUE, middle, names);
        try {
            return of(begin, names, List.of(first, second.get()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
    }

    private static RecoveredState of(long begin, AuthorNames names, List<List<Entry>> parts) throws SQLException {
        // Superseded rows make this an overestimate, but never by much.
        EntryIndex index = new EntryIndex(parts.stream().mapToInt(List::size).sum());
        long newest = begin;
        long rows = 0;
        for (List<Entry> part : parts) {
            for (Entry entry : part) {
                // From the beginning of history on, every revision has a row.
                if (entry.revision() > newest + 1) {
                    throw new SQLException("revision " + (newest + 1) + " is missing");
                }
                newest = Math.max(newest, entry.revision());
                if (entry.isDeletion()) {
                    index.remove(entry.path());
                } else {
                    index.put(entry);
                }
            }
            rows += part.size();
        }
        return new RecoveredState(newest, index, names, rows - index.size());
    }
}
