package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's interest in a subtree, and the changes there that they have not taken yet, oldest first. The replica's
 * thread puts changes in, one other thread takes them out.
 *
 * <p>While {@link State#FOLLOWING}, every change is kept. When {@code capacity} changes are waiting, the watch is
 * {@link State#LAGGING}: it keeps the newest change of each path, in the order of these, until all are taken. When
 * {@code limit} paths are waiting, it is {@link State#LOST}: it keeps nothing more, and its reader must start anew.
 */
public final class Watch {
    /** How well the reader keeps up. */
    public enum State {
        FOLLOWING,
        LAGGING,
        LOST
    }

    private final Scope scope;
    private final int capacity;
    private final int limit;
    private final Runnable wake;

    /** The revision whose batch last brought something; only the replica's thread uses it. */
    long touched;

    // This watch guards what follows; no other lock is taken inside.
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private final LinkedHashMap<Path, Entry> newest = new LinkedHashMap<>();
    private State state = State.FOLLOWING;

    /**
     * @param wake called by the replica's thread when changes have come; must be short and must not wait
     */
    public Watch(Scope scope, int capacity, int limit, Runnable wake) {
        this.scope = scope;
        this.capacity = capacity;
        this.limit = limit;
        this.wake = wake;
    }

    public Scope scope() {
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
        if (state != State.LAGGING) {
            return queue.poll();
        }
        Entry first = newest.pollFirstEntry().getValue();
        if (newest.isEmpty()) {
            state = State.FOLLOWING;
        }
        return first;
    }

    synchronized void offer(Entry change) {
        switch (state) {
            case FOLLOWING -> {
                if (queue.size() < capacity) {
                    queue.add(change);
                } else {
                    state = State.LAGGING;
                    for (Entry waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
                        keep(waiting);
                    }
                    keep(change);
                }
            }
            case LAGGING -> keep(change);
            case LOST -> {}
        }
    }

    private void keep(Entry change) {
        // Putting a key again would leave it at its old place, before changes that came in between.
        newest.remove(change.path());
        if (newest.size() == limit) {
            lose();
        } else {
            newest.put(change.path(), change);
        }
    }

    /** Gives up: from here on nothing is kept. */
    synchronized void lose() {
        state = State.LOST;
        queue.clear();
        newest.clear();
    }

    void wake() {
        wake.run();
    }
}
