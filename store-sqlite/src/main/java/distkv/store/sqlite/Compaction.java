package distkv.store.sqlite;

import distkv.model.Revision;
import distkv.store.engine.Mutation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Drops what was superseded before the history that is kept. When there is enough of it, or some and nobody writes, the
 * thread {@code distkv-compaction} walks on through the log with a connection of its own and finds all that can go. The
 * {@link StoreWriter} then drops it together with the commits that come, more rows than these supersede, so that it ends
 * however much is written; and a few hundred at a time when nobody writes.
 *
 * <p>What a change replaced can go, and so can a deletion. It goes oldest first, so that wherever this is cut off, the
 * newest change of every path is the last of those left.
 */
final class Compaction implements Runnable {
    /** How many rows go at once beside few writes, or none, so that who comes does not wait long. */
    private static final int SLICE = 256;

    private static final int IDLE_SLICE = 1024;
    /** The most that one walk finds, which bounds its memory; the next goes on from there. */
    private static final int MOST = 1 << 20;
    /** So many rows are read in one go: the write-ahead log cannot start again while somebody reads. */
    private static final int CHUNK = 10_000;
    /** The history is as long as was asked for, but not longer than this part of the tree, unless that is short. */
    private static final long PART = 8;

    private static final long SHORT = 10_000;
    /** A walk is due when more than this part of the tree was superseded since the last one. */
    private static final long DUE_PART = 4;

    private static final long PAUSE_MILLIS = 1_000;
    private static final long TRY_AGAIN_MILLIS = 5_000;

    /**
     * Superseded rows to be dropped.
     *
     * @param compacted where history begins from now on
     * @param first whether none before that revision were dropped yet
     * @param last whether these are the last ones
     */
    record Drop(long[] ticks, long compacted, boolean first, boolean last) {}

    /**
     * What a walk has found.
     *
     * @param superseded how many rows held no present entry when it began
     * @param isAll whether there is no more to be found
     */
    private record Found(long[] ticks, long to, long superseded, boolean isAll) {}

    private final Path file;
    private final WriterQueue inbox;
    private final DiskSpace space;
    private final SqliteOptions options;

    private final long opened = System.nanoTime();
    private volatile long reached;
    private long walked;

    // This object guards what follows.
    /** How many rows hold no present entry, and how many of these there were when the last walk had ended. */
    private long superseded;

    private long left;
    private long present;
    private long writes;
    private @Nullable Found found;
    private int taken;
    private int takenBefore;
    /** Whether what was taken last is still being dropped, so that it counts neither as there nor as gone. */
    private boolean isDropping;

    private boolean isSettled;
    private boolean isStuck;

    Compaction(StoreFile store, WriterQueue inbox, DiskSpace space, SqliteOptions options) throws SQLException {
        this.file = store.file();
        this.inbox = inbox;
        this.space = space;
        this.options = options;
        this.superseded = store.superseded();
        this.present = store.state().size();
        this.reached = FileFormat.number(store.writer(), "compacted");
        this.walked = FileFormat.number(store.writer(), "walked");
    }

    /** The oldest revision that can still be loaded and followed from. Ask after reading, not before. */
    long reached() {
        return reached;
    }

    /**
     * Rows to be dropped in the transaction that the writer begins.
     *
     * @param rows how many rows it is going to add
     * @param asked whether it was woken for this
     */
    synchronized @Nullable Drop take(int rows, boolean asked) {
        takenBefore = taken;
        Found all = found;
        if (all == null) {
            return null;
        }
        int pace = superseded > present ? 3 * rows : rows + rows / 2;
        int end = Math.min(all.ticks().length, taken + pace + (asked ? (rows == 0 ? IDLE_SLICE : SLICE) : 0));
        if (end == taken) {
            return null;
        }
        reached = all.to();
        Drop drop =
                new Drop(Arrays.copyOfRange(all.ticks(), taken, end), all.to(), taken == 0, end == all.ticks().length);
        taken = end;
        isDropping = true;
        return drop;
    }

    /** What was taken last was not dropped. */
    synchronized void putBack() {
        taken = takenBefore;
        isDropping = false;
        notifyAll();
    }

    /** Told by the writer what a transaction held, and how many rows it dropped. */
    synchronized void wrote(Iterable<Mutation> mutations, int dropped) {
        boolean wasDue = isDue();
        boolean hadSome = hasSome();
        for (Mutation mutation : mutations) {
            if (mutation instanceof Mutation.Changed changed) {
                writes++;
                for (int i = 0; i < changed.previous().size(); i++) {
                    boolean replaced = changed.previous().get(i) != null;
                    boolean deletion = changed.batch().changes().get(i).isDeletion();
                    superseded += (replaced ? 1 : 0) + (deletion ? 1 : 0);
                    present += (deletion ? 0 : 1) - (replaced ? 1 : 0);
                }
            }
        }
        superseded -= dropped;
        boolean hasDropped = isDropping;
        isDropping = false;
        if (hasDropped || (isDue() && !wasDue) || (hasSome() && !hadSome)) {
            notifyAll();
        }
    }

    /**
     * Called by the writer before it writes more: waits for a walk that is under way, for a second at most, when so
     * much was superseded since the last one that the file would have more than two rows for each entry.
     */
    synchronized void keepUp() {
        long end = System.nanoTime() + PAUSE_MILLIS * 1_000_000;
        try {
            while (found == null
                    && !isStuck
                    && superseded - left > Math.max(present, 2 * history()) * 3 / 4
                    && isDue()) {
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return;
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The disk has become full: everything that can go is to go. */
    synchronized void hurry() {
        notifyAll();
    }

    /** How many changes the history is to have. */
    private long history() {
        return space.isFull() ? 0 : Math.min(options.retain(), Math.max(SHORT, present / PART));
    }

    private boolean isDue() {
        long enough = space.isFull() ? SLICE : Math.max(SLICE, Math.max(history(), present) / DUE_PART);
        return superseded - left >= enough;
    }

    private boolean hasSome() {
        return superseded - left >= SLICE || (space.isFull() && superseded > 0);
    }

    @Override
    public void run() {
        try {
            while (true) {
                if (!awaitWork()) {
                    space.keep();
                } else if (!walk()) {
                    stuck(true);
                    Thread.sleep(TRY_AGAIN_MILLIS);
                    stuck(false);
                }
            }
        } catch (InterruptedException e) {
            // The store is being closed. What was found is found again next time.
        }
    }

    /**
     * Waits until a walk is due, or there is something to be found and nobody writes. Returns false when the room on
     * the disk is to be looked after: once when the store has been open for a while, and again and again while it is full.
     */
    private synchronized boolean awaitWork() throws InterruptedException {
        while (!isDue()) {
            boolean had = hasSome();
            long before = writes;
            wait(had || !isSettled ? PAUSE_MILLIS : space.isFull() || !space.isKept() ? TRY_AGAIN_MILLIS : 0);
            if (!isSettled && System.nanoTime() - opened >= PAUSE_MILLIS * 1_000_000) {
                isSettled = true;
                return false;
            }
            if (had && writes == before && hasSome()) {
                return true;
            }
            if ((space.isFull() || !space.isKept()) && !hasSome()) {
                return false;
            }
        }
        return true;
    }

    /** Finds what can go, and waits until it is gone; false if that did not work. */
    private boolean walk() throws InterruptedException {
        Found all;
        try (Connection connection = Database.reader(file)) {
            all = find(connection);
        } catch (SQLException e) {
            return false; // The writer meets the same trouble, and it has somebody to tell.
        }
        if (all.ticks().length > 0) {
            hand(all);
            boolean dropped = true;
            while (dropped && isLeft()) {
                WriterTask.DropRows slice = new WriterTask.DropRows(new CompletableFuture<>());
                dropped = inbox.put(slice) && slice.answer().join();
            }
            hand(null);
            if (!dropped) {
                return false;
            }
            walked = all.to();
        }
        ended(all);
        return true;
    }

    private synchronized void stuck(boolean now) {
        isStuck = now;
        notifyAll();
    }

    private synchronized void hand(@Nullable Found all) {
        found = all;
        taken = 0;
        notifyAll();
    }

    /** Whether some of what was found is still to be dropped; waits for what is being dropped. */
    private synchronized boolean isLeft() throws InterruptedException {
        while (isDropping) {
            wait();
        }
        return found != null && taken < found.ticks().length;
    }

    private synchronized void ended(Found all) {
        if (all.isAll()) {
            left = Math.max(0, all.superseded() - all.ticks().length);
        }
        notifyAll();
    }

    private Found find(Connection connection) throws SQLException {
        long before;
        synchronized (this) {
            before = superseded;
        }
        // A restored store's history begins after all that it holds.
        long begin = Math.max(reached, historyBegin(connection));
        long most = Database.number(
                connection,
                "SELECT tick / 256 - 1 FROM change WHERE tick >= " + Revision.tick(walked + 1, 0)
                        + " ORDER BY tick LIMIT 1 OFFSET " + MOST);
        boolean isAll = most == 0 || most >= begin;
        long to = isAll ? begin : Math.max(reached, most);
        return new Found(find(connection, to), to, before, isAll);
    }

    /** The newest revision with as many changes after it, or as many bytes, as are to be kept. */
    private long historyBegin(Connection connection) throws SQLException {
        long changes;
        synchronized (this) {
            changes = history();
        }
        boolean none = space.isFull();
        long bytes = options.retainBytes();
        long before = Long.MAX_VALUE;
        try (PreparedStatement back = connection.prepareStatement(
                "SELECT tick, length(path) + ifnull(length(value), 0) FROM change WHERE tick < ? ORDER BY tick DESC"
                        + " LIMIT " + CHUNK)) {
            for (boolean more = true; more; ) {
                back.setLong(1, before);
                more = false;
                try (ResultSet row = back.executeQuery()) {
                    while (row.next()) {
                        more = true;
                        before = row.getLong(1);
                        bytes -= ChangeRows.OVERHEAD + row.getLong(2);
                        if (none || changes-- == 0 || bytes < 0) {
                            return Revision.ofTick(before) - (none ? 0 : 1);
                        }
                    }
                }
            }
        }
        return 0;
    }

    /** The ticks that can go when history begins at {@code to}, in order. */
    private long[] find(Connection connection, long to) throws SQLException {
        long[] ticks = new long[1024];
        int count = 0;
        long from = Revision.tick(walked + 1, 0);
        try (PreparedStatement scan = connection.prepareStatement(
                "SELECT tick, replaces, value IS NULL FROM change WHERE tick >= ? AND tick < ? ORDER BY tick LIMIT "
                        + CHUNK)) {
            scan.setLong(2, Revision.tick(to + 1, 0));
            for (boolean more = true; more; ) {
                scan.setLong(1, from);
                more = false;
                try (ResultSet row = scan.executeQuery()) {
                    while (row.next()) {
                        more = true;
                        from = row.getLong(1) + 1;
                        if (count + 2 > ticks.length) {
                            ticks = Arrays.copyOf(ticks, 2 * ticks.length);
                        }
                        long replaces = row.getLong(2);
                        if (replaces != 0) {
                            ticks[count++] = replaces;
                        }
                        if (row.getBoolean(3)) {
                            ticks[count++] = row.getLong(1);
                        }
                    }
                }
            }
        }
        Arrays.sort(ticks, 0, count);
        return Arrays.copyOf(ticks, count);
    }
}
