package distkv.server.session;

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
 * The connections by the numbers that their writes are known by, and what those have written that have ended. Any thread
 * may use it.
 */
public final class WriterRegistry {
    /** The numbers of all servers over a tree begin somewhere in so many bits, at random, so that none comes twice. */
    private static final int BITS = 46;

    /** How long a connection may take to end. Only a store that hangs takes that long. */
    private static final long PATIENCE_SECONDS = 5;

    /** So many writers that have ended are remembered, so that each is looked up once, however much it asks after. */
    private static final int KEPT = 64;

    /** One with more writes than this is looked up every time. */
    private static final int MOST_NUMBERS = 4_096;

    private record Written(long after, Map<WriteId, List<Long>> revisions) {}

    private final Store store;
    private final AtomicLong last = new AtomicLong(1 + (new SecureRandom().nextLong() >>> (Long.SIZE - BITS)));
    private final Map<Long, Connection> live = new ConcurrentHashMap<>();
    /** Guarded by itself. */
    private final Map<Long, Written> ended = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Written> eldest) {
            return size() > KEPT;
        }
    };

    WriterRegistry(Store store) {
        this.store = store;
    }

    /** A number that no connection had before. */
    long number() {
        return last.incrementAndGet();
    }

    /** This connection may write from now on. */
    void join(Connection session) {
        live.put(session.writer(), session);
    }

    /** It has ended: all that it has asked for is settled. */
    void leave(Connection session) {
        live.remove(session.writer());
    }

    /** Ends a connection if it is there, and waits until all that it has asked for is settled; false if that hangs. */
    boolean end(long writer) throws InterruptedException {
        Connection session = live.get(writer);
        if (session == null) {
            return true;
        }
        session.abort();
        return session.awaitEnd(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
    }

    /** What these writers, which have ended, have written after a revision; see {@link Store#writtenBy}. */
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
        if (revisions.size() <= MOST_NUMBERS && !live.containsKey(writer)) {
            synchronized (ended) {
                ended.put(writer, new Written(after, revisions));
            }
        }
    }
}
