package distkv.client;

import distkv.model.Depths;
import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a watch delivers.
 *
 * @param only the subtrees to follow, relative to the watched path; none: all of it. Changes of all of them come in one
 *     order
 * @param depths which entries, by their depth below the watched path
 * @param fetch whether to start with the existing entries
 * @param since start with the changes after this tick; {@code null}: with those from now on. Excludes {@code fetch}
 * @param by whether entries say who wrote them, which costs the server a look into its file for each
 */
public record WatchOptions(
        List<Path> only,
        Depths depths,
        boolean fetch,
        @Nullable Long since,
        boolean by) {
    /** The whole subtree: existing entries, then changes. */
    public static final WatchOptions FETCH = new WatchOptions(List.of(), Depths.ALL, true, null, false);
    /** The changes of the whole subtree from now on. */
    public static final WatchOptions CHANGES = new WatchOptions(List.of(), Depths.ALL, false, null, false);

    public WatchOptions {
        only = List.copyOf(only);
        if (fetch && since != null) {
            throw new IllegalArgumentException("since: given together with fetch (expected: one of them)");
        }
    }

    /** The changes of the whole subtree after a tick. */
    public static WatchOptions since(long tick) {
        return new WatchOptions(List.of(), Depths.ALL, false, tick, false);
    }

    public WatchOptions at(Depths newDepths) {
        return new WatchOptions(only, newDepths, fetch, since, by);
    }

    /** The same for some subtrees only, relative to the watched path. */
    public WatchOptions only(List<Path> subtrees) {
        return new WatchOptions(subtrees, depths, fetch, since, by);
    }

    /** The same, with entries that say who wrote them. */
    public WatchOptions withAuthors() {
        return new WatchOptions(only, depths, fetch, since, true);
    }
}
