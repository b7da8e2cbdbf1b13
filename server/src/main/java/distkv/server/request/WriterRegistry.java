package distkv.server.request;

import distkv.model.WriteId;
import distkv.store.CompactedException;
import distkv.store.Store;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections by the numbers that identify their writes, and the writes of recent connections that have ended. Any
 * thread may use it.
 */
public final class WriterRegistry {
    /** Numbers start at a random point in this many bits, so that no two servers of a tree use the same ones. */
    private static final int BITS = 46;

    /** How long to wait for a connection to end. Only a store that hangs takes that long. */
    private static final long TIMEOUT_SECONDS = 5;

    /** How many ended writers are remembered, so that each is looked up once for any number of retries. */
    private static final int KEPT = 64;

    /** A writer with more writes than this is looked up every time. */
    private static final int MAX_REMEMBERED = 4_096;

    private record Written(long after, Map<WriteId, List<Long>> revisions) {}

    private final Store store;
    private final AtomicLong last = new AtomicLong(1 + (new SecureRandom().nextLong() >>> (Long.SIZE - BITS)));
    private final Map<Long, RequestContext> live = new ConcurrentHashMap<>();
    /** Guarded by itself. */
    private final Map<Long, Written> ended = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Written> eldest) {
            return size() > KEPT;
        }
    };

    public WriterRegistry(Store store) {
        this.store = store;
    }

    /** A number that no connection has had before. */
    long newNumber() {
        return last.incrementAndGet();
    }

    /** This connection may write from now on. */
    void join(RequestContext context) {
        live.put(context.writer(), context);
    }

    /** The connection has ended, and all of its requests are settled. */
    void leave(RequestContext context) {
        live.remove(context.writer());
    }

    /** Ends a connection and waits until all of its requests are settled; false if that takes too long. */
    boolean end(long writer) throws InterruptedException {
        RequestContext context = live.get(writer);
        if (context == null) {
            return true;
        }
        context.connection().abort();
        return context.connection().awaitEnd(TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS));
    }

    /** The writes of these writers, which have ended, after a revision; see {@link Store#writtenBy}. */
    Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        Map<WriteId, List<Long>> all = new HashMap<>();
        Set<Long> unknown = new HashSet<>();
        synchronized (ended) {
            for (long writer : writers) {
                Written known = ended.get(writer);
                if (known != null && known.after() <= after) {
                    all.putAll(known.revisions());
                } else {
                    unknown.add(writer);
                }
            }
        }
        if (!unknown.isEmpty()) {
            Map<WriteId, List<Long>> found = store.writtenBy(unknown, after);
            all.putAll(found);
            unknown.forEach(writer -> remember(writer, after, found));
        }
        return all;
    }

    private void remember(long writer, long after, Map<WriteId, List<Long>> found) {
        Map<WriteId, List<Long>> revisions = new HashMap<>();
        found.forEach((id, all) -> {
            if (id.writer() == writer) {
                revisions.put(id, all);
            }
        });
        if (revisions.size() <= MAX_REMEMBERED && !live.containsKey(writer)) {
            synchronized (ended) {
                ended.put(writer, new Written(after, revisions));
            }
        }
    }
}
