package distkv.server.tree;

import distkv.model.ChangeBatch;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
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
 * The whole tree in memory, as the store's change feed makes it. One thread, {@code distkv-replica}, applies the feed:
 * for the batches at hand it publishes a new {@link Snapshot}, gives the changes to the watches, and then runs what
 * waits for their revisions. All methods may be called from any thread.
 */
public final class Replica implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Replica.class.getName());

    /** With this many changes at hand a snapshot is published, even if more are. */
    private static final int ENOUGH = 1_000;

    private record Waiter(long revision, Runnable reached, Runnable lost) {}

    /** Somebody who reads a snapshot, and how much may have been replaced by when they are told to let it go. */
    private static final class Reading {
        private final long until;
        private final Runnable whenTooOld;

        Reading(long until, Runnable whenTooOld) {
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

    /** Guards the watches, the waiters, what comes below, and that snapshot and watches change together. */
    private final ReentrantLock lock = new ReentrantLock();

    private final KnownPaths known = new KnownPaths();
    private final WatcherIndex watches = new WatcherIndex();
    /** In the order in which they began, and so, nearly, of the snapshots. */
    private final LinkedHashSet<Reading> readings = new LinkedHashSet<>();

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
     * Runs one of two actions, at once or on the replica's thread. They must be short and must not wait.
     *
     * @param reached run as soon as the revision is in {@link #snapshot} and has been given to the watches
     * @param lost run when it never will be, since the replica has ended: whoever asks must not be told otherwise
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
     * Waits until a revision is in {@link #snapshot} and has been given to the watches.
     *
     * @throws IllegalStateException if the replica has ended before
     */
    public void await(long revision) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        whenReached(revision, () -> end.complete(true), () -> end.complete(false));
        if (!end.join()) {
            throw new IllegalStateException("the replica has ended before revision " + revision);
        }
    }

    /**
     * Keeps note of somebody who reads a snapshot for long, and so keeps in memory what was replaced since.
     *
     * @param most how many bytes of that there may be
     * @param whenTooOld called once, on the replica's thread, when it is more: the snapshot must be let go
     * @return to be run when it is let go
     */
    public Runnable reading(Snapshot old, long most, Runnable whenTooOld) {
        Reading reading = new Reading(old.replaced() + most, whenTooOld);
        lock.lock();
        try {
            readings.add(reading);
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                readings.remove(reading);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Takes those who read snapshots that have become too old. Called with the lock held. */
    private List<Runnable> tooOld() {
        if (readings.isEmpty() || readings.getFirst().until() >= snapshot.replaced()) {
            return List.of();
        }
        List<Runnable> old = new ArrayList<>();
        while (!readings.isEmpty() && readings.getFirst().until() < snapshot.replaced()) {
            old.add(readings.removeFirst().whenTooOld());
        }
        return old;
    }

    /** Whether a path has an entry or some below it, or once had, or somebody was interested in it. */
    public boolean knows(Snapshot seen, Path path) {
        return seen.exists(path) || known.contain(path);
    }

    /** Takes note of a path and of all up to so many levels below it. */
    public void knowWithBelow(Path path, int levels) {
        known.addWithBelow(path, levels);
    }

    /** Takes note of a path that somebody is interested in: it, and what is above it, is known from now on. */
    public void know(Path path) {
        known.add(path);
    }

    /** Starts a watch: it gets every change after the snapshot that this returns, and none that is in it. */
    public Snapshot start(Watcher watch) {
        lock.lock();
        try {
            watches.add(watch);
            if (ended) {
                watch.lose();
            }
            return snapshot;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a watch; does nothing if it is not there. */
    public void stop(Watcher watch) {
        lock.lock();
        try {
            watches.remove(watch);
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
            // Before anybody is told: from here on this server would show what is no longer so.
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
                LOG.log(System.Logger.Level.WARNING, "fell behind the store's history, loading the tree again", e);
                reload();
            }
        }
    }

    /** Publishes a batch and those behind it that are at hand: a tree that changes often is copied less often. */
    private void apply(ChangeBatch first) {
        long revision = first.revision();
        List<Entry> changes = first.changes();
        while (changes.size() < ENOUGH) {
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
            watches.offer(revision, changes).forEach(Watcher::wake);
            due = due(revision);
            old = tooOld();
        } finally {
            lock.unlock();
        }
        due.forEach(Runnable::run);
        old.forEach(Runnable::run);
    }

    /** Takes the actions that wait for this revision or an earlier one. Called with the lock held. */
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

    /** Starts anew from the store's contents. What watches missed cannot be told, so they are lost. */
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
                watches.loseAll().forEach(Watcher::wake);
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

    /** Lets nobody wait for what will not come. */
    private void end() {
        List<Runnable> due;
        lock.lock();
        try {
            ended = true;
            watches.loseAll().forEach(Watcher::wake);
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
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
