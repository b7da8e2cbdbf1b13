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
 * A copy of a subtree that is kept current, by a thread of its own. Any thread may read it; what it reads while
 * changes come in may be from before and after them.
 */
public final class Mirror implements AutoCloseable {
    /** Is told of changes on the mirror's thread, after the mirror has them; while it works no other change comes in. */
    public interface Listener {
        /**
         * An entry was written or deleted.
         *
         * @param before what was there, {@code null} if there was nothing
         */
        void changed(@Nullable Entry before, Entry now);

        /** All that was there, or has changed while the connection was away, is in. */
        default void upToDate() {}

        /** The connection is away: the mirror may be out of date. */
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

    /** Tells a listener of all changes that come in from now on. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** All entries, in tree order, as they change. */
    public NavigableMap<Path, Entry> entries() {
        return Collections.unmodifiableNavigableMap(entries);
    }

    public @Nullable Entry get(Path path) {
        return entries.get(path);
    }

    /** The entry at {@code path} and all below it, in tree order, as they change. */
    public NavigableMap<Path, Entry> below(Path path) {
        return Collections.unmodifiableNavigableMap(entries.subMap(path, true, path.endOfSubtree(), false));
    }

    /** Waits until all that was there at the start is in. */
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

    /** Waits until the write with this tick, which must be in the subtree, is in. */
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

    /** Whether the connection is there and nothing that the server has sent is missing. */
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
            // What is fetched, at first or anew after a cut, comes in tree order: its ticks say nothing about the
            // others.
            if (current) {
                tick = Math.max(tick, newTick);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wakes those who wait, who then find that the listeners know it already. */
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
