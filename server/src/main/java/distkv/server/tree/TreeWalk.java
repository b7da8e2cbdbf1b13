package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import org.jspecify.annotations.Nullable;

/** A walk through a subtree of one snapshot: depth first, parents before children. */
public sealed interface TreeWalk permits KeyOrderWalk, CreationOrderWalk {
    /** Moves to the next path; false at the end. */
    boolean next();

    /** The current path. */
    Path path();

    /** The entry at the current path; {@code null} if there are only entries below it. */
    @Nullable
    Entry entry();
}
