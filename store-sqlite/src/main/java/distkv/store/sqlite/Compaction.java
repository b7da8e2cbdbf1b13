package distkv.store.sqlite;

import distkv.model.Revision;
import distkv.store.engine.Mutation;
import distkv.store.engine.TaskQueue;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Drops rows that were superseded before the history that is kept. When there are enough of them, or some and nothing is
 * written, the thread {@code distkv-compaction} scans on through the log with a connection of its own and finds the rows
 * that can go. The {@link StoreWriter} then drops them along with the next commits, more rows than these supersede, so that
 * compaction finishes however much is written; when nothing is written, it drops a few hundred at a time.
 *
 * <p>A replaced row can go, and so can a deletion. The oldest rows go first, so that wherever this is interrupted, the
 * newest row of every path is the last of those left.
 */
final class Compaction implements Runnable {
    /** How many rows go at once beside few or no writes, so that the next commit does not wait long. */
    private static final int SLICE = 256;

    private static final int IDLE_SLICE = 1024;
    /** The most rows that one scan finds, which bounds its memory; the next one continues from there. */
    private static final int MOST = 1 << 20;
    /** How many rows are read at a time: the write-ahead log cannot restart while a read is open. */
    private static final int CHUNK = 10_000;
    /** The history has as many changes as configured, but at most this part of the tree, or {@link #SHORT}. */
    private static final long PART = 8;

    private static final long SHORT = 10_000;
    /** A scan is due when more than this part of the tree was superseded since the last one. */
    private static final long DUE_PART = 4;

    private static final long PAUSE_MILLIS = 1_000;
    private static final long TRY_AGAIN_MILLIS = 5_000;

    /**
     * Superseded rows to drop.
     *
     * @param compacted where history begins from now on
     * @param first whether these are the first of a scan
     * @param last whether these are the last of a scan
     */
    record Drop(long[] ticks, long compacted, boolean first, boolean last) {}

    /**
     * The result of a scan.
     *
     * @param superseded how many rows held no present entry when it began
     * @param isAll whether there is nothing more to find
     */
    private record Found(long[] ticks, long to, long superseded, boolean isAll) {}

    private final Path file;
    private final TaskQueue<WriterTask> queue;
    private final DiskSpace space;
    private final SqliteOptions options;

    private final long opened = System.nanoTime();
    private volatile long reached;
    private long walked;

    // This object guards everything below.
    /** How many rows hold no present entry, and how many of these were left after the last scan. */
    private long superseded;

    private long left;
    private long present;
    private long writes;
    private @Nullable Found found;
    private int taken;
    private int takenBefore;
    /** Whether the rows taken last are still being dropped, and count neither as there nor as gone. */
    private boolean isDropping;

    /** How many full copies are being made, for which all rows stay, and how often rows were dropped. */
    private int holds;

    private long drops;
    private boolean isSettled;
    private boolean isStuck;

    Compaction(StoreFile store, TaskQueue<WriterTask> queue, DiskSpace space, SqliteOptions options)
            throws SQLException {
        this.file = store.file();
        this.queue = queue;
        this.space = space;
        this.options = options;
        this.superseded = store.superseded();
        this.present = store.state().size();
        this.reached = FileFormat.number(store.writer(), "compacted");
        this.walked = FileFormat.number(store.writer(), "walked");
    }

    /** The oldest revision that can still be loaded and followed. To be checked after reading, not before. */
    long reached() {
        return reached;
    }

    /**
     * Rows to drop in the transaction that the writer begins.
     *
     * @param rows how many rows it adds
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
        if (end == taken || isHeld()) {
            return null;
        }
        drops++;
        reached = all.to();
        Drop drop =
                new Drop(Arrays.copyOfRange(all.ticks(), taken, end), all.to(), taken == 0, end == all.ticks().length);
        taken = end;
        isDropping = true;
        return drop;
    }

    /** Keeps all rows until {@link #release}, unless the disk is full. */
    synchronized void hold() {
        holds++;
    }

    synchronized void release() {
        holds--;
        notifyAll();
    }

    private boolean isHeld() {
        return holds > 0 && !space.isFull();
    }

    /** A number that is another one whenever rows were dropped. */
    synchronized long drops() {
        return drops;
    }

    /** The rows taken last were not dropped. */
    synchronized void putBack() {
        taken = takenBefore;
        isDropping = false;
        notifyAll();
    }

    /** Called by the writer with the content of a transaction and how many rows it dropped. */
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
     * Called by the writer before it writes more: waits up to a second for a scan in progress if so much was superseded
     * since the last one that the file would have more than two rows for each entry.
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

    /** The disk is full: drops everything that can go. */
    synchronized void hurry() {
        notifyAll();
    }

    /** How many changes the history keeps. */
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
                } else if (!compact()) {
                    stuck(true);
                    Thread.sleep(TRY_AGAIN_MILLIS);
                    stuck(false);
                }
            }
        } catch (InterruptedException e) {
            // The store is closing. What was found will be found again next time.
        }
    }

    /**
     * Waits until a scan is due, or until there is something to find and nothing is written. Returns false when the disk
     * space is to be checked: once when the store has been open for a while, and periodically while the disk is full.
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

    /** Finds the rows that can go and waits until they are dropped; false if that failed. */
    private boolean compact() throws InterruptedException {
        Found all;
        try (Connection connection = Database.reader(file)) {
            all = find(connection);
        } catch (SQLException e) {
            return false; // The writer meets the same error, and reports it.
        }
        if (all.ticks().length > 0) {
            hand(all);
            boolean dropped = true;
            while (dropped && isLeft()) {
                WriterTask.DropRows slice = new WriterTask.DropRows(new CompletableFuture<>());
                dropped = queue.put(slice) && slice.answer().join();
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

    /** Whether some of the rows found are still there; waits for those that are being dropped. */
    private synchronized boolean isLeft() throws InterruptedException {
        while (isDropping || isHeld()) {
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
        // The history of a restored store begins after everything in it.
        long begin = Math.max(reached, historyBegin(connection));
        long most = Database.number(
                connection,
                "SELECT tick / 256 - 1 FROM change WHERE tick >= " + Revision.tick(walked + 1, 0)
                        + " ORDER BY tick LIMIT 1 OFFSET " + MOST);
        boolean isAll = most == 0 || most >= begin;
        long to = isAll ? begin : Math.max(reached, most);
        return new Found(find(connection, to), to, before, isAll);
    }

    /** The newest revision followed by as many changes, or as many bytes, as are to be kept. */
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
