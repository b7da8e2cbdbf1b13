package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.server.memory.MemoryQuota;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's interest in a subtree, and the changes there that they have not taken yet, oldest first. The replica's
 * thread puts changes in, one other thread takes them out.
 *
 * <p>While {@link State#FOLLOWING}, every change is kept. When {@code capacity} changes are waiting, the watch is
 * {@link State#LAGGING}: it keeps the newest change of each path, in the order of these, until all are taken. When
 * {@code limit} paths are waiting, or its {@link MemoryQuota} is used up, it is {@link State#LOST}: it keeps nothing more, and
 * its reader must start anew.
 *
 * <p>While it lags it holds what the tree holds, too. Before, it may hold values that are no longer there, so it lags as
 * well when these have {@value #CAPACITY_BYTES} bytes.
 */
public final class Watcher {
    /** How well the reader keeps up. */
    public enum State {
        FOLLOWING,
        LAGGING,
        LOST
    }

    /** How many bytes of values it keeps while it follows, unless it is a single one. */
    static final int CAPACITY_BYTES = 1 << 20;

    /** What it takes to remember a change. */
    private static final int ITEM = 72;

    /** As many watches share what a change holds at most, as far as it is counted. */
    private static final int MOST_SHARERS = 16;

    private final WatchScope scope;
    private final MemoryQuota room;
    private final int capacity;
    private final int limit;
    private final Runnable wake;

    /** The revision whose batch last brought something; only the replica's thread uses it. */
    long touched;

    // This watch guards what follows; no other lock is taken inside.
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private final LinkedHashMap<Path, Entry> newest = new LinkedHashMap<>();
    private State state = State.FOLLOWING;
    /** How many bytes of its room it has taken, and how many the values have that are waiting while it follows. */
    private long taken;

    private long following;

    /**
     * @param wake called by the replica's thread when changes have come; must be short and must not wait
     */
    public Watcher(WatchScope scope, int capacity, int limit, Runnable wake) {
        this(scope, capacity, limit, MemoryQuota.UNLIMITED, wake);
    }

    /**
     * As the other, with bounded memory.
     *
     * @param room what it shares with others
     */
    public Watcher(WatchScope scope, int capacity, int limit, MemoryQuota room, Runnable wake) {
        this.scope = scope;
        this.room = room;
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

    /** Takes the oldest change, {@code null} if none is waiting. */
    public synchronized @Nullable Entry poll() {
        int waiting = queue.size() + newest.size();
        if (waiting == 0) {
            return null;
        }
        // A part of it for each, so that all of it is given back with the last.
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

    /** @param sharers how many watches get this change, about: they hold it together */
    synchronized void offer(Entry change, int sharers) {
        switch (state) {
            case FOLLOWING -> {
                int size = size(change);
                if (queue.size() < capacity && (queue.isEmpty() || following + size <= CAPACITY_BYTES)) {
                    if (take(ITEM + size / Math.clamp(sharers, 1, MOST_SHARERS))) {
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
        // Putting a key again would leave it at its old place, before changes that came in between.
        boolean known = newest.remove(change.path()) != null;
        if (newest.size() == limit) {
            lose();
        } else if (state != State.LOST && (known || take(ITEM))) {
            newest.put(change.path(), change);
        }
    }

    private boolean take(long bytes) {
        if (!room.take(bytes)) {
            lose();
            return false;
        }
        taken += bytes;
        return true;
    }

    private void give(long bytes) {
        taken -= bytes;
        room.give(bytes);
    }

    /** Gives up: from here on nothing is kept. */
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
