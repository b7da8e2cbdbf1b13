package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which entries somebody follows: those at or below one of some paths, of certain depths. These are counted from
 * {@code top}, which all the paths are at or below.
 *
 * @param roots in tree order, none of them below another
 */
public record WatchScope(Path top, List<Path> roots, Depths depths) {
    public static WatchScope of(Path top, Depths depths) {
        return new WatchScope(top, List.of(top), depths);
    }

    /** What is below {@code top}, or only at these paths relative to it. */
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

    /** Whether an entry at this path is meant. */
    public boolean includes(Path path) {
        return roots.stream().anyMatch(path::startsWith) && depths.contains(path.length() - top.length());
    }

    /**
     * What there is of it in a snapshot, parents first.
     *
     * @param sorted whether siblings come in tree order, else in the order in which they were created
     */
    public ScopeEntries entries(Snapshot snapshot, boolean sorted) {
        return new ScopeEntries(this, snapshot, sorted);
    }
}
