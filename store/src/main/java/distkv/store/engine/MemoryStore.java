package distkv.store.engine;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.TreeContents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A store that forgets everything when it is closed, for tests. Commits happen on the caller's thread. */
public final class MemoryStore implements Store {
    private static final long MAX_HISTORY_BYTES = 64L << 20;

    private final String name;
    private final LeaseClock clock;
    private final TreeState tree = new TreeState(new EntryIndex(), new AuthorNames(), 0, Map.of(), 0);
    private final RecentChanges recent;
    /** Those of the present entries. */
    private final Map<Path, Origin> origins = new HashMap<>();

    private final LeaseTimers leases;
    /** Guards the tree and {@code closed}; taken before the lock of {@link RecentChanges}. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean closed;

    public MemoryStore(String name) {
        this(name, LeaseClock.system(), 1 << 14);
    }

    /** @param history how many revisions can be followed and loaded, a power of two */
    public MemoryStore(String name, LeaseClock clock, int history) {
        this.name = name;
        this.clock = clock;
        this.recent = new RecentChanges(0, history, MAX_HISTORY_BYTES);
        this.leases = new LeaseTimers(clock, lease -> end(lease, false));
    }

    @Override
    public String treeName() {
        return name;
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(new CommitOutcome.Refused("the store is closed"));
            }
            CommitOutcome outcome = tree.apply(commit);
            publish();
            return CompletableFuture.completedFuture(outcome);
        } finally {
            lock.unlock();
        }
    }

    private void publish() {
        recent.add(tree.mutations());
        for (Mutation mutation : tree.mutations()) {
            if (mutation instanceof Mutation.Changed(ChangeBatch batch, var _, var _, Origin origin)) {
                batch.changes().forEach(change -> keep(change, origin));
            }
        }
        tree.markDurable();
    }

    private void keep(Entry change, @Nullable Origin origin) {
        if (origin == null || change.isDeletion()) {
            origins.remove(change.path());
        } else {
            origins.put(change.path(), origin);
        }
    }

    @Override
    public @Nullable Origin origin(long tick) {
        lock.lock();
        try {
            Mutation.Changed changed = recent.find(Revision.ofTick(tick));
            if (changed != null) {
                return changed.batch().changes().size() > Revision.position(tick) ? changed.origin() : null;
            }
            for (Entry entry : tree.entries()) {
                if (entry.tick() == tick) {
                    return origins.get(entry.path());
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public TreeContents load() {
        lock.lock();
        try {
            return PathSort.contents(tree.newest(), tree.entries());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public TreeContents load(long revision) throws CompactedException {
        lock.lock();
        try {
            checkReadable(revision);
            EntryIndex past = new EntryIndex();
            for (Entry entry : tree.entries()) {
                past.put(entry);
            }
            for (long undone = tree.newest(); undone > revision; undone--) {
                Mutation.Changed changed = recent.at(undone);
                for (int i = 0; i < changed.previous().size(); i++) {
                    @Nullable Entry previous = changed.previous().get(i);
                    if (previous == null) {
                        past.remove(changed.batch().changes().get(i).path());
                    } else {
                        past.put(previous);
                    }
                }
            }
            return PathSort.contents(revision, past.toArray());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        lock.lock();
        try {
            checkReadable(after);
            return recent.follow(after, last -> {
                throw new CompactedException(last, recent.oldest() - 1);
            });
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        lock.lock();
        try {
            checkReadable(after);
            Map<WriteId, List<Long>> written = new HashMap<>();
            for (long revision = after + 1; revision <= tree.newest(); revision++) {
                WriteId id = recent.at(revision).id();
                if (id != null && writers.contains(id.writer())) {
                    written.computeIfAbsent(id, _ -> new ArrayList<>()).add(revision);
                }
            }
            return written;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CommitOutcome.Committed committed(long revision) throws CompactedException {
        lock.lock();
        try {
            checkReadable(revision - 1);
            return new CommitOutcome.Committed(revision, recent.at(revision).previous());
        } finally {
            lock.unlock();
        }
    }

    private void checkReadable(long revision) throws CompactedException {
        recent.checkExists(revision);
        if (revision < recent.oldest() - 1) {
            throw new CompactedException(revision, recent.oldest() - 1);
        }
    }

    @Override
    public long grant(Duration ttl) {
        LeaseTimers.check(ttl);
        lock.lock();
        try {
            if (closed) {
                throw new StoreException("the store is closed");
            }
            long lease = tree.grant(ttl);
            leases.start(lease, ttl);
            publish();
            return lease;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean renew(long lease) {
        return leases.renew(lease);
    }

    @Override
    public void revoke(long lease) {
        end(lease, true);
    }

    private void end(long lease, boolean evenIfAlive) {
        lock.lock();
        try {
            if (!closed && leases.end(lease, evenIfAlive)) {
                tree.end(lease);
                leases.ended(lease);
                publish();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            recent.close();
            clock.close();
        } finally {
            lock.unlock();
        }
    }
}
