package distkv.client;

import distkv.model.Path;
import distkv.model.Depths;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a watch is to deliver.
 *
 * @param only the subtrees to follow, as paths relative to the watched one; none: all of it. What is delivered of them
 *     is in one order, so that of two writes the later one never comes first
 * @param depths which entries, by their depth below the watched path
 * @param fetch first what is there
 * @param since first what has changed after this tick; not together with {@code fetch}
 */
public record WatchOptions(
        List<Path> only,
        Depths depths,
        boolean fetch,
        @Nullable Long since) {
    /** The whole subtree: what is there, then its changes. */
    public static final WatchOptions FETCH = new WatchOptions(List.of(), Depths.ALL, true, null);
    /** The whole subtree's changes from now on. */
    public static final WatchOptions CHANGES = new WatchOptions(List.of(), Depths.ALL, false, null);

    public WatchOptions {
        only = List.copyOf(only);
        if (fetch && since != null) {
            throw new IllegalArgumentException("since: given together with fetch (expected: one of them)");
        }
    }

    /** The whole subtree's changes after a tick. */
    public static WatchOptions since(long tick) {
        return new WatchOptions(List.of(), Depths.ALL, false, tick);
    }

    public WatchOptions at(Depths newDepths) {
        return new WatchOptions(only, newDepths, fetch, since);
    }

    /** The same of some subtrees only, which are relative to the watched path. */
    public WatchOptions only(List<Path> subtrees) {
        return new WatchOptions(subtrees, depths, fetch, since);
    }
}
