package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The entries of a {@link WatchScope} in a snapshot, one after another; {@code null} after the last. */
public final class ScopeEntries implements Supplier<@Nullable Entry> {
    private final WatchScope scope;
    private final Snapshot snapshot;
    private final Iterator<Path> roots;
    private final boolean sorted;
    private @Nullable TreeWalk walk;

    ScopeEntries(WatchScope scope, Snapshot snapshot, boolean sorted) {
        this.sorted = sorted;
        this.scope = scope;
        this.snapshot = snapshot;
        this.roots = scope.roots().iterator();
    }

    @Override
    public @Nullable Entry get() {
        while (true) {
            if (walk != null && walk.next()) {
                return walk.entry();
            }
            if (!roots.hasNext()) {
                return null;
            }
            Path root = roots.next();
            Depths depths = scope.depths().from(root.length() - scope.top().length());
            walk = sorted ? snapshot.walk(root, depths) : snapshot.walkByCreation(root, depths);
        }
    }
}
