package distkv.client;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a subtree that a thread of its own keeps current. Any thread may read it. A reader may see part of the
 * changes that are just being applied.
 */
public final class Mirror implements AutoCloseable {
    /**
     * Is told about changes on the mirror's thread, after they were applied. No other change is applied while it runs.
     */
    public interface Listener {
        /**
         * An entry was written or deleted.
         *
         * @param before the entry before; {@code null}: there was none
         */
        void changed(@Nullable Entry before, Entry now);

        /**
         * The mirror is complete: it has all initial entries, or all changes that were made while it was disconnected.
         */
        default void upToDate() {}

        /** The mirror is disconnected, and may be out of date. */
        default void cutOff() {}
    }

    private final Watch watch;
    private final ConcurrentNavigableMap<Path, Entry> entries = new ConcurrentSkipListMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private long tick = -1;
    private boolean initial;
    private boolean current;
    private @Nullable RuntimeException end;

    private Mirror(Watch watch) {
        this.watch = watch;
    }

    static Mirror start(Connector connector, Path path) {
        Mirror mirror = new Mirror(new Watch(connector, path, WatchOptions.FETCH));
        connector.options().thread("mirror").start(mirror::run);
        return mirror;
    }

    /** Tells a listener about all changes from now on. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** A live view of all entries, in tree order. */
    public NavigableMap<Path, Entry> entries() {
        return Collections.unmodifiableNavigableMap(entries);
    }

    public @Nullable Entry get(Path path) {
        return entries.get(path);
    }

    /** A live view of the entries of a subtree, in tree order. */
    public NavigableMap<Path, Entry> below(Path path) {
        return Collections.unmodifiableNavigableMap(entries.subMap(path, true, path.endOfSubtree(), false));
    }

    /** Waits until all initial entries are here. */
    public void awaitInitial() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!initial) {
                checkEnd();
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the write with this tick, which must be in the subtree, is here. */
    public void awaitTick(long wanted) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (tick < wanted) {
                checkEnd();
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the mirror is connected and has everything that the server has sent. */
    public boolean isCurrent() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    private void checkEnd() {
        if (end != null) {
            throw end;
        }
    }

    private void run() {
        RuntimeException reason = new ServerConnectionException("the mirror is closed", false);
        try {
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                apply(event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            reason = e;
        }
        lock.lock();
        try {
            end = reason;
            current = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void apply(WatchEvent event) {
        switch (event) {
            case WatchEvent.Changed(Entry entry) -> {
                Entry before = entry.isDeletion() ? entries.remove(entry.path()) : entries.put(entry.path(), entry);
                listeners.forEach(listener -> listener.changed(before, entry));
                changed(entry.tick());
            }
            case WatchEvent.UpToDate(long upTo) -> {
                current(true);
                listeners.forEach(Listener::upToDate);
                upToDate(upTo);
            }
            case WatchEvent.CutOff _ -> {
                current(false);
                listeners.forEach(Listener::cutOff);
            }
        }
    }

    private void changed(long newTick) {
        lock.lock();
        try {
            // Fetched entries, at first or after an interruption, come in tree order: their ticks say nothing about the
            // others.
            if (current) {
                tick = Math.max(tick, newTick);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the waiting threads after the listeners were told. */
    private void upToDate(long upTo) {
        lock.lock();
        try {
            initial = true;
            tick = Math.max(tick, upTo);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void current(boolean whether) {
        lock.lock();
        try {
            current = whether;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
