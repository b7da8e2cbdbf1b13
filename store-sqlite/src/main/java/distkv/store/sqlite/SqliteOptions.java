package distkv.store.sqlite;

import distkv.store.LeaseClock;
import java.util.function.Supplier;

/**
 * How a store is opened.
 *
 * @param tree the tree's name if it is created now; an existing tree keeps its own
 * @param retain how many changes the history reaches back at least: what was superseded before that is dropped
 * @param clock makes the clock that leases live by
 */
public record SqliteOptions(String tree, long retain, Supplier<LeaseClock> clock) {
    /** Enough for a watcher that was cut off for a while, and about 10 MB. */
    public static final long DEFAULT_RETAIN = 100_000;

    public SqliteOptions {
        if (tree.isEmpty()) {
            throw new IllegalArgumentException("tree: '' (expected: a name)");
        }
        if (retain < 1) {
            throw new IllegalArgumentException("retain: " + retain + " (expected: 1 change or more)");
        }
    }

    public static SqliteOptions of(String tree) {
        return new SqliteOptions(tree, DEFAULT_RETAIN, LeaseClock::system);
    }

    public SqliteOptions withRetain(long changes) {
        return new SqliteOptions(tree, changes, clock);
    }

    public SqliteOptions withClock(Supplier<LeaseClock> newClock) {
        return new SqliteOptions(tree, retain, newClock);
    }
}
