package distkv.server.tree;

import distkv.model.ChangeBatch;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.process.Trace;
import distkv.model.process.VitalThreads;
import distkv.store.ChangeFeed;
import distkv.store.CompactedException;
import distkv.store.Store;
import distkv.store.TreeContents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The whole tree in memory, kept up to date by the store's change feed. The thread {@code distkv-replica} applies the feed:
 * for the batches in memory it publishes one new {@link Snapshot}, offers the changes to the watchers, and then runs the
 * actions that wait for these revisions.
 */
public final class Replica implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Replica.class.getName());

    /** With this many changes a snapshot is published even if more are in memory. */
    private static final int MAX_CHANGES = 1_000;

    private record Waiter(long revision, Runnable reached, Runnable lost) {}

    /** A long read of a snapshot, which ends when the snapshot has become too old. */
    private static final class LongRead {
        private final long until;
        private final Runnable whenTooOld;

        LongRead(long until, Runnable whenTooOld) {
            this.until = until;
            this.whenTooOld = whenTooOld;
        }

        long until() {
            return until;
        }

        Runnable whenTooOld() {
            return whenTooOld;
        }
    }

    private final Store store;
    private final Thread thread;

    /** Guards the fields below, and makes snapshot and watchers change together. */
    private final ReentrantLock lock = new ReentrantLock();

    private final KnownPaths known = new KnownPaths();
    private final WatcherIndex watchers = new WatcherIndex();
    /** In the order of their start, and so nearly in that of their snapshots. */
    private final LinkedHashSet<LongRead> longReads = new LinkedHashSet<>();

    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::revision));
    private volatile Snapshot snapshot;
    private ChangeFeed feed;
    private boolean ended;
    private boolean closing;

    private Replica(Store store, Snapshot snapshot, ChangeFeed feed) {
        this.store = store;
        this.snapshot = snapshot;
        this.feed = feed;
        this.thread = VitalThreads.platform("distkv-replica", this::run);
    }

    /** Loads the tree and starts to follow it. */
    public static Replica start(Store store) {
        while (true) {
            Snapshot snapshot = load(store);
            try {
                Replica replica = new Replica(store, snapshot, store.follow(snapshot.revision()));
                replica.thread.start();
                return replica;
            } catch (CompactedException e) {
                LOG.log(System.Logger.Level.DEBUG, "loading again", e);
            }
        }
    }

    private static Snapshot load(Store store) {
        TreeContents contents = store.load();
        return Snapshot.of(contents.revision(), contents.entries());
    }

    /** The newest snapshot. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /**
     * Runs one of two actions, at once or on the replica's thread. They must be quick and must not wait.
     *
     * @param reached run as soon as the revision is in {@link #snapshot} and was offered to the watchers
     * @param lost run when that will never happen, since the replica has ended
     */
    public void whenReached(long revision, Runnable reached, Runnable lost) {
        boolean there;
        lock.lock();
        try {
            there = revision <= snapshot.revision();
            if (!there && !ended) {
                waiters.add(new Waiter(revision, reached, lost));
                return;
            }
        } finally {
            lock.unlock();
        }
        (there ? reached : lost).run();
    }

    /**
     * Waits until a revision is in {@link #snapshot} and was offered to the watchers.
     *
     * @throws IllegalStateException if the replica ends before that
     */
    public void await(long revision) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        whenReached(revision, () -> end.complete(true), () -> end.complete(false));
        if (!end.join()) {
            throw new IllegalStateException("the replica has ended before revision " + revision);
        }
    }

    /**
     * Registers a long read of a snapshot, which keeps replaced entries in memory.
     *
     * @param most how many bytes of replaced entries it may keep
     * @param whenTooOld called once, on the replica's thread, when it keeps more: the snapshot must be released
     * @return to be run when the snapshot is released
     */
    public Runnable startLongRead(Snapshot old, long most, Runnable whenTooOld) {
        LongRead read = new LongRead(old.replaced() + most, whenTooOld);
        lock.lock();
        try {
            longReads.add(read);
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                longReads.remove(read);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Removes the reads of snapshots that have become too old. Called with the lock held. */
    private List<Runnable> tooOld() {
        if (longReads.isEmpty() || longReads.getFirst().until() >= snapshot.replaced()) {
            return List.of();
        }
        List<Runnable> old = new ArrayList<>();
        while (!longReads.isEmpty() && longReads.getFirst().until() < snapshot.replaced()) {
            old.add(longReads.removeFirst().whenTooOld());
        }
        return old;
    }

    /** Whether a path has or had an entry at or below it, or was watched; see {@link KnownPaths}. */
    public boolean isKnown(Snapshot seen, Path path) {
        return seen.exists(path) || known.contain(path);
    }

    /** Makes a path known, and all paths up to this many levels below it. */
    public void makeKnownWithBelow(Path path, int levels) {
        known.addWithBelow(path, levels);
    }

    /** Makes a path known, and all above it. */
    public void makeKnown(Path path) {
        known.add(path);
    }

    /** Starts a watcher: it gets every change after the returned snapshot, and none that is in it. */
    public Snapshot start(Watcher watcher) {
        lock.lock();
        try {
            watchers.add(watcher);
            if (ended) {
                watcher.lose();
            }
            return snapshot;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a watcher; does nothing if it has ended. */
    public void stop(Watcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                ChangeBatch batch = next();
                if (batch == null) {
                    return;
                }
                apply(batch);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            // Before anything is answered: from here on this server would show stale data.
            VitalThreads.report(e);
        } finally {
            end();
        }
    }

    private @Nullable ChangeBatch next() throws InterruptedException {
        while (true) {
            try {
                return feed.next();
            } catch (CompactedException e) {
                LOG.log(System.Logger.Level.WARNING, "fell behind the store's history; loading the tree again", e);
                reload();
            }
        }
    }

    /** Publishes a batch and those after it that are in memory, so that a busy tree is copied less often. */
    private void apply(ChangeBatch first) {
        long revision = first.revision();
        List<Entry> changes = first.changes();
        while (changes.size() < MAX_CHANGES) {
            ChangeBatch more = feed.poll();
            if (more == null) {
                break;
            }
            if (revision == first.revision()) {
                changes = new ArrayList<>(changes);
            }
            revision = more.revision();
            changes.addAll(more.changes());
        }
        changes.stream().filter(Entry::isDeletion).map(Entry::path).forEach(known::add);
        Snapshot next = snapshot.changed(revision, changes);
        List<Runnable> due;
        List<Runnable> old;
        lock.lock();
        try {
            snapshot = next;
            List<Watcher> touched = watchers.offer(revision, changes);
            touched.forEach(Watcher::wake);
            if (Trace.isOn()) {
                trace(revision, changes.size(), touched.size());
            }
            due = due(revision);
            old = tooOld();
        } finally {
            lock.unlock();
        }
        due.forEach(Runnable::run);
        old.forEach(Runnable::run);
    }

    private static void trace(long revision, int changes, int touched) {
        Trace.line("replica", Long.toString(revision), "applied", changes + " changes");
        Trace.line("replica", Long.toString(revision), "offered", "to " + touched + " watchers");
    }

    /** Removes the actions that wait for this revision or an earlier one. Called with the lock held. */
    private List<Runnable> due(long revision) {
        Waiter first = waiters.peek();
        if (first == null || first.revision() > revision) {
            return List.of();
        }
        List<Runnable> due = new ArrayList<>();
        while (first != null && first.revision() <= revision) {
            due.add(first.reached());
            waiters.remove();
            first = waiters.peek();
        }
        return due;
    }

    /** Starts over from the contents of the store. What the watchers missed is unknown, so they are LOST. */
    private void reload() {
        for (KeyOrderWalk had = snapshot.walk(Path.ROOT, Depths.ALL); had.next(); ) {
            known.add(had.path());
        }
        while (true) {
            Snapshot loaded = load(store);
            List<Runnable> due;
            lock.lock();
            try {
                feed.close();
                feed = store.follow(loaded.revision());
                if (closing) {
                    feed.close();
                }
                snapshot = loaded;
                watchers.loseAll().forEach(Watcher::wake);
                due = due(loaded.revision());
            } catch (CompactedException e) {
                LOG.log(System.Logger.Level.DEBUG, "loading again", e);
                continue;
            } finally {
                lock.unlock();
            }
            due.forEach(Runnable::run);
            return;
        }
    }

    /** Ends all watchers and all waiting. */
    private void end() {
        List<Runnable> due;
        lock.lock();
        try {
            ended = true;
            watchers.loseAll().forEach(Watcher::wake);
            due = waiters.stream().map(Waiter::lost).toList();
            waiters.clear();
        } finally {
            lock.unlock();
        }
        due.forEach(Runnable::run);
    }

    /** Stops following; waits until the thread has ended. Snapshots stay readable. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            feed.close();
        } finally {
            lock.unlock();
        }
        VitalThreads.join(thread);
    }
}
