package distkv.client;

import distkv.protocol.Depths;
import org.jspecify.annotations.Nullable;

/**
 * What a watch is to deliver.
 *
 * @param depths which entries, by their depth below the watched path
 * @param fetch first what is there
 * @param since first what has changed after this tick; not together with {@code fetch}
 */
public record WatchOptions(
        Depths depths, boolean fetch, @Nullable Long since) {
    /** The whole subtree: what is there, then its changes. */
    public static final WatchOptions FETCH = new WatchOptions(Depths.ALL, true, null);
    /** The whole subtree's changes from now on. */
    public static final WatchOptions CHANGES = new WatchOptions(Depths.ALL, false, null);

    public WatchOptions {
        if (fetch && since != null) {
            throw new IllegalArgumentException("since: given together with fetch (expected: one of them)");
        }
    }

    /** The whole subtree's changes after a tick. */
    public static WatchOptions since(long tick) {
        return new WatchOptions(Depths.ALL, false, tick);
    }

    public WatchOptions at(Depths newDepths) {
        return new WatchOptions(newDepths, fetch, since);
    }
}
