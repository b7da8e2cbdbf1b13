package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries that a watcher follows: those at or below some paths, within a range of depths.
 *
 * @param top where depths are counted from; all roots are at or below it
 * @param roots in tree order, none of them below another
 */
public record WatchScope(Path top, List<Path> roots, Depths depths) {
    public static WatchScope of(Path top, Depths depths) {
        return new WatchScope(top, List.of(top), depths);
    }

    /** Everything below {@code top} or, unless {@code only} is empty, only below these paths relative to it. */
    public static WatchScope of(Path top, List<Path> only, Depths depths) {
        if (only.isEmpty()) {
            return of(top, depths);
        }
        List<Path> roots = new ArrayList<>();
        for (Path root : only.stream().map(top::append).sorted().toList()) {
            boolean has = !roots.isEmpty() && root.startsWith(roots.getLast());
            if (!has && !depths.isBelow(root.length() - top.length())) {
                roots.add(root);
            }
        }
        return new WatchScope(top, List.copyOf(roots), depths);
    }

    /** Whether an entry at this path is in the scope. */
    public boolean includes(Path path) {
        return roots.stream().anyMatch(path::startsWith) && depths.contains(path.length() - top.length());
    }

    /**
     * The entries of this scope in a snapshot, parents first.
     *
     * @param sorted whether siblings are in the order of keys, otherwise in the order of their creation
     */
    public ScopeEntries entries(Snapshot snapshot, boolean sorted) {
        return new ScopeEntries(this, snapshot, sorted);
    }
}
