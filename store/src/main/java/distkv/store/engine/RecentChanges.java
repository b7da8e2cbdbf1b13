package distkv.store.engine;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.store.ChangeFeed;
import distkv.store.CompactedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest batches, in memory, for followers that keep up. Both their number and their bytes are bounded; a follower that
 * falls behind the oldest batch reads from the engine's {@link Archive} instead, so a slow one holds nothing up.
 */
public final class RecentChanges {
    /** Where older batches are read. */
    public interface Archive {
        /**
         * Some batches after a revision, in order, at least one; none if the store was closed meanwhile.
         *
         * @throws CompactedException if they were compacted
         */
        List<ChangeBatch> read(long after) throws CompactedException;
    }

    /** How many batches a follower takes at a time. */
    private static final int CHUNK = 256;

    private final Mutation.@Nullable Changed[] ring;
    private final long maxBytes;
    /** Guards everything below. Never held during I/O. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition news = lock.newCondition();
    private long oldest;
    private long newest;
    private long bytes;
    private boolean closed;

    /**
     * @param newest the newest revision that the engine has
     * @param batches a power of two
     */
    public RecentChanges(long newest, int batches, long maxBytes) {
        if (Integer.bitCount(batches) != 1) {
            throw new IllegalArgumentException("batches: " + batches + " (expected: a power of two)");
        }
        this.ring = new Mutation.Changed[batches];
        this.maxBytes = maxBytes;
        this.newest = newest;
        this.oldest = newest + 1;
    }

    /** The newest revision that followers may see. */
    public long newest() {
        lock.lock();
        try {
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a revision after this one, but no longer than this many nanoseconds; false if the store is closed. */
    public boolean awaitAfter(long revision, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (!closed && newest <= revision && left > 0) {
                left = news.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest revision whose batch is here; one more than the newest if none is. */
    public long oldest() {
        lock.lock();
        try {
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    /** Makes durable mutations visible to followers. */
    public void add(List<Mutation> mutations) {
        lock.lock();
        try {
            for (Mutation mutation : mutations) {
                if (mutation instanceof Mutation.Changed changed) {
                    newest = changed.batch().revision();
                    if (newest - oldest == ring.length) {
                        forgetOldest();
                    }
                    ring[slot(newest)] = changed;
                    bytes += size(changed);
                }
            }
            while (bytes > maxBytes && oldest < newest) {
                forgetOldest();
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forgetOldest() {
        bytes -= size(at(oldest));
        ring[slot(oldest)] = null;
        oldest++;
    }

    /** Refuses a revision that does not exist yet. */
    public void checkExists(long revision) {
        long last = newest();
        if (revision < 0 || revision > last) {
            throw new IllegalArgumentException("revision " + revision + " (expected: 0 to " + last + ", the newest)");
        }
    }

    /** The commit of a revision; {@code null} if it is not here. */
    public Mutation.@Nullable Changed find(long revision) {
        lock.lock();
        try {
            return revision >= oldest && revision <= newest ? at(revision) : null;
        } finally {
            lock.unlock();
        }
    }

    /** The commit of a revision that is here. */
    Mutation.Changed at(long revision) {
        Mutation.Changed changed = ring[slot(revision)];
        if (changed == null || changed.batch().revision() != revision) {
            throw new IllegalStateException("revision " + revision + " is not in memory");
        }
        return changed;
    }

    private int slot(long revision) {
        return (int) revision & (ring.length - 1);
    }

    private static long size(Mutation.Changed changed) {
        long size = 0;
        for (Entry entry : changed.batch().changes()) {
            size += size(entry);
        }
        for (Entry entry : changed.previous()) {
            size += entry == null ? 0 : size(entry);
        }
        return size;
    }

    private static int size(Entry entry) {
        return 100
                + entry.path().key().length
                + (entry.value() == null ? 0 : entry.value().size());
    }

    /** A feed of the changes after a revision. */
    public ChangeFeed follow(long after, Archive archive) {
        return new Follower(after, archive);
    }

    /** Ends all feeds. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Follower implements ChangeFeed {
        private final Archive archive;
        private List<ChangeBatch> chunk = List.of();
        private int taken;
        private long last;
        /** Guarded by the lock. */
        private boolean done;

        Follower(long after, Archive archive) {
            this.last = after;
            this.archive = archive;
        }

        @Override
        public @Nullable ChangeBatch next() throws InterruptedException, CompactedException {
            if (taken == chunk.size()) {
                chunk = fetch();
                taken = 0;
            }
            return poll();
        }

        @Override
        public @Nullable ChangeBatch poll() {
            if (taken == chunk.size()) {
                return null;
            }
            ChangeBatch batch = chunk.get(taken++);
            if (batch.revision() != last + 1) {
                throw new IllegalStateException("revision " + batch.revision() + " follows " + last + " in the feed");
            }
            last = batch.revision();
            return batch;
        }

        /** The next batches, waiting for the first; none at the end of the feed. */
        private List<ChangeBatch> fetch() throws InterruptedException, CompactedException {
            lock.lockInterruptibly();
            try {
                while (!done && !closed && last == newest) {
                    news.await();
                }
                if (done || last == newest) {
                    return List.of();
                }
                if (last + 1 >= oldest) {
                    return inMemory();
                }
                if (closed) {
                    return List.of();
                }
            } finally {
                lock.unlock();
            }
            return archive.read(last);
        }

        private List<ChangeBatch> inMemory() {
            List<ChangeBatch> batches = new ArrayList<>();
            for (long revision = last + 1; revision <= newest && batches.size() < CHUNK; revision++) {
                batches.add(at(revision).batch());
            }
            return batches;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                done = true;
                news.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
