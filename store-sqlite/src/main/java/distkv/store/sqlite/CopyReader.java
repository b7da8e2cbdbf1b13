package distkv.store.sqlite;

import distkv.model.Revision;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.StoreException;
import distkv.store.engine.RecentChanges;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads from the file what a copy needs: rows in the order of their ticks, and what has changed among the leases. Each
 * batch is one view of the file, so a lease is there with the entries that are bound to it.
 *
 * <p>While a full copy is read, nothing is dropped: rows that were dropped behind the reader and ahead of it would leave the
 * copy with entries that were deleted.
 */
final class CopyReader implements CopyFeed {
    private static final long CHUNK_BYTES = 256 << 10;

    private final Path file;
    private final RecentChanges recent;
    private final Compaction compaction;
    private final LongSupplier leaseChanges;
    private final Connection connection;
    private final Start start;
    private final long drops;
    /** The leases that the copy has. */
    private Map<Long, Duration> leases = Map.of();

    private long leasesSeen = -1;
    private boolean hasAllLeases;
    private long tick;
    private long upTo;
    private boolean isFull;
    private boolean closed;

    /**
     * @param after the last revision that the copy has; -1 for a full copy
     * @param tick the last one that a full copy has got; -1 for none
     * @param leaseChanges a number that grows whenever leases change
     */
    CopyReader(
            Path file,
            RecentChanges recent,
            Compaction compaction,
            LongSupplier leaseChanges,
            Start start,
            long after,
            long tick)
            throws SQLException {
        this.file = file;
        this.recent = recent;
        this.compaction = compaction;
        this.leaseChanges = leaseChanges;
        this.start = start;
        this.isFull = start.full();
        this.tick = isFull ? tick : Revision.tick(after + 1, 0) - 1;
        this.upTo = isFull ? -1 : after;
        this.connection = Database.reader(file);
        if (isFull) {
            compaction.hold();
        }
        this.drops = compaction.drops();
    }

    @Override
    public Start start() {
        return start;
    }

    @Override
    public CopyBatch next(Duration timeout) throws InterruptedException, CompactedException {
        if (upTo >= 0 && !recent.awaitAfter(upTo, timeout.toNanos())) {
            throw new StoreException("the store is closed");
        }
        CopyBatch batch;
        try {
            Database.run(connection, "BEGIN");
            batch = read();
            Database.run(connection, "COMMIT");
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
        if (isFull ? compaction.drops() != drops : upTo < compaction.reached()) {
            throw new CompactedException(Math.max(upTo, 0), compaction.reached());
        }
        return accept(batch);
    }

    private CopyBatch read() throws SQLException {
        long seen = leaseChanges.getAsLong();
        List<CopyBatch.Row> rows = ChangeRows.forCopy(connection, tick, CHUNK_BYTES);
        long last = Database.number(connection, "SELECT max(tick) FROM change");
        long newest = Math.max(Revision.ofTick(last), FileFormat.number(connection, "compacted"));
        long end = rows.isEmpty() ? tick : rows.getLast().entry().tick();
        boolean isLevel = rows.isEmpty() || end >= last;
        Map<Long, Duration> now = seen == leasesSeen ? leases : StoreFile.leases(connection);
        Map<Long, Duration> granted = new HashMap<>(now);
        List<Long> ended = new ArrayList<>();
        boolean isAll = isLevel && !hasAllLeases;
        if (!isAll) {
            granted.keySet().removeAll(leases.keySet());
        }
        if (isLevel && hasAllLeases) {
            leases.keySet().stream().filter(id -> !now.containsKey(id)).forEach(ended::add);
        }
        boolean isSplit = !isLevel
                && Database.number(connection, "SELECT min(tick) FROM change WHERE tick > " + end)
                        < Revision.tick(Revision.ofTick(end) + 1, 0);
        long complete = isLevel ? newest : Revision.ofTick(end) - (isSplit ? 1 : 0);
        leasesSeen = isLevel ? seen : -1;
        return new CopyBatch(Map.copyOf(granted), rows, ended, isAll, complete, newest);
    }

    private CopyBatch accept(CopyBatch batch) {
        if (!batch.rows().isEmpty()) {
            tick = batch.rows().getLast().entry().tick();
        }
        Map<Long, Duration> known = new HashMap<>(leases);
        known.putAll(batch.granted());
        batch.ended().forEach(known::remove);
        leases = known;
        hasAllLeases |= batch.isAll();
        boolean isLevel = batch.upTo() == batch.newest();
        if (isFull && isLevel) {
            // From here on it is a copy like others, which needs the history only.
            isFull = false;
            compaction.release();
        }
        upTo = isFull ? -1 : isLevel || upTo >= 0 ? Math.max(upTo, batch.upTo()) : upTo;
        return batch;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (isFull) {
            compaction.release();
        }
        try {
            connection.close();
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
    }
}
