package distkv.store.sqlite;

import distkv.store.CommitOutcome;
import distkv.store.engine.TaskQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Copies the write-ahead log into the file in time, so that the log restarts at its beginning and its blocks are reused:
 * appending to a growing file halves the rate of synced writes.
 *
 * <p>Most of it is copied on the thread {@code distkv-checkpoint} while commits continue. The {@link StoreWriter} then
 * copies the little that was added meanwhile, since the log can restart only when all of it is copied.
 */
final class Checkpointer implements Runnable {
    /** The length of the log in pages at which it is copied; a little less than {@link WalFile#BYTES}. */
    private static final long DUE = 900;
    /** Asking for the log's length takes a while, so it is done once for this many bytes. */
    private static final long CHECK_BYTES = 256 << 10;

    /** About how many bytes of log a dropped row takes; some share a page. */
    private static final long DROP_BYTES = 300;

    private final Connection connection;
    private final Connection writer;
    private final TaskQueue<WriterTask> queue;
    private final Semaphore asked = new Semaphore(0);
    private boolean running;
    private long unseenBytes;
    private long pages;
    private long dueAt = DUE;
    private volatile boolean isFull;

    /** @param connection for this object alone; that of the writer is used on the writer's thread only */
    Checkpointer(Connection connection, Connection writer, TaskQueue<WriterTask> queue) {
        this.connection = connection;
        this.writer = writer;
        this.queue = queue;
    }

    /** Whether the last copy failed because the disk is full. */
    boolean isFull() {
        return isFull;
    }

    /** Called by the writer with what it wrote and how many rows it dropped; starts a copy if one is due. */
    CommitOutcome.@Nullable Unknown wrote(List<WriterTask> group, int dropped) {
        for (WriterTask task : group) {
            unseenBytes += task.bytes();
        }
        unseenBytes += 2 * FileFormat.PAGE + DROP_BYTES * dropped;
        if (unseenBytes < CHECK_BYTES || running) {
            return null;
        }
        unseenBytes = 0;
        long length;
        try {
            length = WalFile.frames(writer);
        } catch (SQLException e) {
            return failed(e);
        }
        if (length < pages) {
            dueAt = DUE;
        }
        pages = length;
        if (pages >= dueAt) {
            running = true;
            asked.release();
        }
        return null;
    }

    @Override
    public void run() {
        try {
            boolean open = true;
            while (open) {
                asked.acquire();
                open = queue.put(new WriterTask.Checkpointed(copy(connection)));
            }
        } catch (InterruptedException e) {
            // The store is closing, and its writer copies the rest.
        }
    }

    /** Copies the rest, on the writer's thread. Returns {@code null}, or why the file can no longer be trusted. */
    CommitOutcome.@Nullable Unknown finish() {
        running = false;
        dueAt = pages + DUE;
        return copy(writer);
    }

    private CommitOutcome.@Nullable Unknown copy(Connection connection) {
        try {
            Database.run(connection, "PRAGMA wal_checkpoint(PASSIVE)");
            isFull = false;
            return null;
        } catch (SQLException e) {
            // A full disk loses nothing: the log still has everything, and the next copy starts where this one did.
            isFull = Database.isFull(e);
            return isFull ? null : failed(e);
        }
    }

    private static CommitOutcome.Unknown failed(SQLException e) {
        return new CommitOutcome.Unknown("the checkpoint failed: " + Database.reason(e));
    }
}
