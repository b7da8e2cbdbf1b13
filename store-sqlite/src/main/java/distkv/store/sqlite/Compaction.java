package distkv.store.sqlite;

import distkv.model.Revision;
import distkv.store.Step;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * Drops what was superseded before the history that is kept. When there is enough of it, the thread
 * {@code distkv-compaction} walks the log once with a connection of its own, finds all that can go, and hands it in
 * slices to the {@link Writer}, who drops each together with the commits that are waiting; so nobody waits long.
 *
 * <p>What a change replaced can go, and so can a deletion. It goes oldest first, so that wherever this is cut off, the
 * newest change of every path is the last of those left.
 */
final class Compaction implements Runnable {
    /** How many rows go at once. */
    private static final int SLICE = 256;
    /** The most that one walk finds, which bounds its memory; the next goes on from there. */
    private static final int MOST = 1 << 20;

    private final Path file;
    private final Inbox inbox;
    private final long retain;
    private final Semaphore asked = new Semaphore(0);
    /** Owned by the writer's thread, which starts a walk when there is enough to find. */
    private long superseded;

    private volatile boolean running;
    private volatile long reached;
    private long walked;

    /** @param superseded how many rows of the file hold no present entry */
    Compaction(Path file, Connection writer, Inbox inbox, long retain, long superseded) throws SQLException {
        this.file = file;
        this.inbox = inbox;
        this.retain = retain;
        this.superseded = superseded;
        this.reached = Format.number(writer, "compacted");
        this.walked = Format.number(writer, "walked");
        walkIfDue();
    }

    /** The oldest revision that can still be loaded and followed from. Ask after reading, not before. */
    long reached() {
        return reached;
    }

    /** Told by the writer, before rows go. */
    void dropping(Task.Drop drop) {
        reached = drop.compacted();
    }

    /** Told by the writer what a transaction held; starts a walk if it is time. */
    void wrote(Iterable<Step> steps, Iterable<Task.Drop> drops) {
        for (Step step : steps) {
            if (step instanceof Step.Changed changed) {
                for (int i = 0; i < changed.previous().size(); i++) {
                    superseded += changed.previous().get(i) == null ? 0 : 1;
                    superseded += changed.batch().changes().get(i).isDeletion() ? 1 : 0;
                }
            }
        }
        for (Task.Drop drop : drops) {
            superseded -= drop.ticks().length;
        }
        walkIfDue();
    }

    private void walkIfDue() {
        // A change can make two rows superfluous: the one it replaced, and itself if it is a deletion.
        if (!running && superseded >= 2 * (retain + Revision.MAX_WRITES) + Math.max(retain, SLICE)) {
            running = true;
            asked.release();
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                asked.acquire();
                walk();
                running = false;
            }
        } catch (InterruptedException e) {
            // The store is being closed. What was found is found again next time.
        }
    }

    private void walk() {
        long to;
        long[] found;
        try (Connection connection = Database.reader(file)) {
            to = limit(connection);
            found = find(connection, to);
        } catch (SQLException e) {
            return; // The writer meets the same trouble, and it has somebody to tell.
        }
        if (found.length == 0) {
            return;
        }
        boolean dropped = true;
        for (int at = 0; dropped && at < found.length; at += SLICE) {
            int end = Math.min(found.length, at + SLICE);
            Task.Drop slice = new Task.Drop(
                    Arrays.copyOfRange(found, at, end), to, end == found.length, new CompletableFuture<>());
            dropped = inbox.put(slice) && slice.answer().join();
        }
        if (dropped) {
            walked = to;
        }
    }

    /** The newest revision with {@code retain} changes after it, unless that is too many at once. */
    private long limit(Connection connection) throws SQLException {
        long limit = Database.number(
                connection, "SELECT tick / 256 - 1 FROM change ORDER BY tick DESC LIMIT 1 OFFSET " + retain);
        long most = Database.number(
                connection,
                "SELECT tick / 256 - 1 FROM change WHERE tick >= " + Revision.tick(walked + 1, 0)
                        + " ORDER BY tick LIMIT 1 OFFSET " + MOST);
        // A restored store's history begins after all that it holds.
        return Math.max(reached, most == 0 ? limit : Math.min(limit, most));
    }

    /** The ticks that can go when history begins at {@code to}, in order. */
    private long[] find(Connection connection, long to) throws SQLException {
        long[] ticks = new long[1024];
        int count = 0;
        try (PreparedStatement scan = connection.prepareStatement(
                "SELECT tick, replaces, value IS NULL FROM change WHERE tick >= ? AND tick < ? ORDER BY tick")) {
            scan.setLong(1, Revision.tick(walked + 1, 0));
            scan.setLong(2, Revision.tick(to + 1, 0));
            try (ResultSet row = scan.executeQuery()) {
                while (row.next()) {
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
        Arrays.sort(ticks, 0, count);
        return Arrays.copyOf(ticks, count);
    }
}
