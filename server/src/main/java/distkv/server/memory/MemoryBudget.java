package distkv.server.memory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory that connections share. Each may take at most half of it. When all of it is used up, the connection that uses
 * most loses its share, so a modest one never pays for a greedy one.
 */
public final class MemoryBudget {
    private final long limit;
    private final long shareLimit;
    private final AtomicLong held = new AtomicLong();
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    /** @param limit in bytes */
    public MemoryBudget(long limit) {
        this.limit = limit;
        this.shareLimit = limit / 2;
    }

    public long limit() {
        return limit;
    }

    /** How many bytes are in use. */
    long held() {
        return held.get();
    }

    /**
     * Opens a share.
     *
     * @param whenTooMuch called when this share is to be given up: once, by any thread, which may hold locks, so it must
     *     leave the work to another thread
     */
    public Share open(Runnable whenTooMuch) {
        Share share = new Share(whenTooMuch);
        shares.add(share);
        return share;
    }

    /** Evicts the largest share, unless those that are being given up free enough. */
    private synchronized void evictLargest() {
        long leaving = 0;
        @Nullable Share largest = null;
        for (Share share : shares) {
            if (share.over.get()) {
                leaving += share.held();
            } else if (largest == null || share.held() > largest.held()) {
                largest = share;
            }
        }
        if (largest != null && held.get() - leaving > limit) {
            largest.evict();
        }
    }

    /** What one connection uses of the budget. */
    public final class Share implements MemoryQuota, AutoCloseable {
        private final Runnable whenTooMuch;
        private final AtomicLong mine = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();

        private Share(Runnable whenTooMuch) {
            this.whenTooMuch = whenTooMuch;
        }

        /** How many bytes it uses. */
        public long held() {
            return mine.get();
        }

        /** Takes memory that cannot be refused. */
        public void add(long bytes) {
            if (bytes == 0) {
                return;
            }
            long now = mine.addAndGet(bytes);
            long all = held.addAndGet(bytes);
            if (bytes > 0 && now > shareLimit) {
                evict();
            } else if (bytes > 0 && all > limit) {
                evictLargest();
            }
        }

        @Override
        public boolean take(long bytes) {
            add(bytes);
            if (over.get()) {
                give(bytes);
                return false;
            }
            return true;
        }

        @Override
        public void give(long bytes) {
            add(-bytes);
        }

        private void evict() {
            if (over.compareAndSet(false, true)) {
                whenTooMuch.run();
            }
        }

        /** What was too much has been given back: this share may take memory again. */
        public void reset() {
            over.set(false);
        }

        /** Gives everything back, for good. */
        @Override
        public void close() {
            shares.remove(this);
            held.addAndGet(-mine.getAndSet(0));
        }
    }
}
