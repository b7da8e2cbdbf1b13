package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import org.jspecify.annotations.Nullable;

/** A walk through a subtree of one snapshot, depth first, parents first. Used by one thread. */
public sealed interface TreeWalk permits KeyOrderWalk, CreationOrderWalk {
    /** Goes to the next path; false at the end. */
    boolean next();

    /** The path that the walk is at. */
    Path path();

    /** The entry there; {@code null} if there are only entries below it. */
    @Nullable
    Entry entry();
}
