package distkv.store.sqlite;

import distkv.store.engine.LeaseClock;
import java.util.function.Supplier;

/**
 * How a store is opened.
 *
 * @param tree the name of the tree if it is created now; an existing tree keeps its name
 * @param retain how many changes the history keeps; rows superseded before them are dropped. It is never more than an
 *     eighth of the entries, except that 10,000 are always allowed
 * @param retainBytes the most bytes of these changes, counting a hundred for each besides its path and value
 * @param clock makes the clock for leases
 */
public record SqliteOptions(String tree, long retain, long retainBytes, Supplier<LeaseClock> clock) {
    /** Enough for a watcher that was disconnected for a while. */
    public static final long DEFAULT_RETAIN = 100_000;

    public static final long DEFAULT_RETAIN_BYTES = 32L << 20;

    public SqliteOptions {
        if (tree.isEmpty()) {
            throw new IllegalArgumentException("tree: '' (expected: a name)");
        }
        if (retain < 1) {
            throw new IllegalArgumentException("retain: " + retain + " (expected: 1 change or more)");
        }
        if (retainBytes < 1) {
            throw new IllegalArgumentException("retainBytes: " + retainBytes + " (expected: 1 or more)");
        }
    }

    public static SqliteOptions of(String tree) {
        return new SqliteOptions(tree, DEFAULT_RETAIN, DEFAULT_RETAIN_BYTES, LeaseClock::system);
    }

    public SqliteOptions withRetain(long changes) {
        return new SqliteOptions(tree, changes, retainBytes, clock);
    }

    public SqliteOptions withRetainBytes(long bytes) {
        return new SqliteOptions(tree, retain, bytes, clock);
    }

    public SqliteOptions withClock(Supplier<LeaseClock> newClock) {
        return new SqliteOptions(tree, retain, retainBytes, newClock);
    }
}
