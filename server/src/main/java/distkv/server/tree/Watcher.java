package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.server.memory.MemoryQuota;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of the changes in a {@link WatchScope}, oldest first. The replica's thread adds changes, one other thread
 * takes them.
 *
 * <p>While {@link State#FOLLOWING}, it keeps every change. With {@code capacity} waiting changes it is
 * {@link State#LAGGING}: it keeps the newest change of each path, in their order, until all are taken. With {@code limit}
 * waiting paths, or when its {@link MemoryQuota} is used up, it is {@link State#LOST}: it keeps nothing more, and its reader
 * must start over.
 *
 * <p>A lagging watcher keeps values that the tree has, too. A following one may keep values that were replaced, so it also
 * starts to lag when these have {@value #CAPACITY_BYTES} bytes.
 */
public final class Watcher {
    /** How well the reader keeps up. */
    public enum State {
        FOLLOWING,
        LAGGING,
        LOST
    }

    /** The most bytes of values that it keeps while following, unless there is only one. */
    static final int CAPACITY_BYTES = 1 << 20;

    /** The memory for a waiting change. */
    private static final int ITEM = 72;

    /** The memory of a change is divided among at most this many watchers. */
    private static final int MAX_SHARERS = 16;

    private final WatchScope scope;
    private final MemoryQuota quota;
    private final int capacity;
    private final int limit;
    private final Runnable wake;

    /** The last revision with a change for this watcher; used by the replica's thread only. */
    long touched;

    // Guarded by this watcher; no other lock is taken while it is held.
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private final LinkedHashMap<Path, Entry> newest = new LinkedHashMap<>();
    private State state = State.FOLLOWING;
    /** How many bytes of its quota it has taken, and the bytes of waiting changes while following. */
    private long taken;

    private long following;

    /**
     * @param wake called by the replica's thread after changes were added; must be quick and must not wait
     */
    public Watcher(WatchScope scope, int capacity, int limit, Runnable wake) {
        this(scope, capacity, limit, MemoryQuota.UNLIMITED, wake);
    }

    /**
     * Makes a watcher with bounded memory.
     *
     * @param quota the memory for waiting changes
     */
    public Watcher(WatchScope scope, int capacity, int limit, MemoryQuota quota, Runnable wake) {
        this.scope = scope;
        this.quota = quota;
        this.capacity = capacity;
        this.limit = limit;
        this.wake = wake;
    }

    public WatchScope scope() {
        return scope;
    }

    public synchronized State state() {
        return state;
    }

    /** How many changes are waiting. */
    public synchronized int size() {
        return queue.size() + newest.size();
    }

    /** Takes the oldest change; {@code null} if none is waiting. */
    public synchronized @Nullable Entry poll() {
        int waiting = queue.size() + newest.size();
        if (waiting == 0) {
            return null;
        }
        // An equal part for each change, so that the last one gives back the rest.
        give(taken / waiting + (waiting == 1 ? taken % waiting : 0));
        if (state != State.LAGGING) {
            Entry first = queue.remove();
            following = queue.isEmpty() ? 0 : following - size(first);
            return first;
        }
        Entry first = newest.pollFirstEntry().getValue();
        if (newest.isEmpty()) {
            state = State.FOLLOWING;
        }
        return first;
    }

    /** @param sharers about how many watchers get this change, and share its memory */
    synchronized void offer(Entry change, int sharers) {
        switch (state) {
            case FOLLOWING -> {
                int size = size(change);
                if (queue.size() < capacity && (queue.isEmpty() || following + size <= CAPACITY_BYTES)) {
                    if (take(ITEM + size / Math.clamp(sharers, 1, MAX_SHARERS))) {
                        queue.add(change);
                        following += size;
                    }
                } else {
                    lag();
                    keep(change);
                }
            }
            case LAGGING -> keep(change);
            case LOST -> {}
        }
    }

    private static int size(Entry change) {
        return change.path().key().length
                + (change.value() == null ? 0 : change.value().size());
    }

    private void lag() {
        state = State.LAGGING;
        following = 0;
        give(taken);
        for (Entry waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            keep(waiting);
        }
    }

    private void keep(Entry change) {
        // Putting a key again would leave it at its old position, before changes that came in between.
        boolean known = newest.remove(change.path()) != null;
        if (newest.size() == limit) {
            lose();
        } else if (state != State.LOST && (known || take(ITEM))) {
            newest.put(change.path(), change);
        }
    }

    private boolean take(long bytes) {
        if (!quota.take(bytes)) {
            lose();
            return false;
        }
        taken += bytes;
        return true;
    }

    private void give(long bytes) {
        taken -= bytes;
        quota.give(bytes);
    }

    /** Makes this watcher LOST. */
    public synchronized void lose() {
        state = State.LOST;
        queue.clear();
        newest.clear();
        give(taken);
    }

    void wake() {
        wake.run();
    }
}
