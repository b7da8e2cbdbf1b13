package distkv.server.session;

import distkv.server.tree.MemoryQuota;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory that connections share. Each may have half of it at most. When all is used up, it is taken from the one that
 * holds most: so who keeps to a little is never the one to suffer.
 */
final class MemoryBudget {
    private final long limit;
    private final long shareLimit;
    private final AtomicLong held = new AtomicLong();
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    /** @param limit in bytes */
    MemoryBudget(long limit) {
        this.limit = limit;
        this.shareLimit = limit / 2;
    }

    long limit() {
        return limit;
    }

    /** How many bytes are in use. */
    long held() {
        return held.get();
    }

    /** @param whenTooMuch called once, by any thread, which may hold locks: it must only ask for what is to be done */
    Share open(Runnable whenTooMuch) {
        Share share = new Share(whenTooMuch);
        shares.add(share);
        return share;
    }

    /** Takes it all from the one that holds most, unless those from whom it was taken already make room enough. */
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

    /** What one connection holds of it. */
    final class Share implements MemoryQuota, AutoCloseable {
        private final Runnable whenTooMuch;
        private final AtomicLong mine = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();

        private Share(Runnable whenTooMuch) {
            this.whenTooMuch = whenTooMuch;
        }

        /** How many bytes it holds. */
        long held() {
            return mine.get();
        }

        /** Takes what there is no way not to take. */
        void add(long bytes) {
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

        /** What was too much has been given back; it may take again. */
        void reset() {
            over.set(false);
        }

        /** It holds nothing any more. */
        @Override
        public void close() {
            shares.remove(this);
            held.addAndGet(-mine.getAndSet(0));
        }
    }
}
