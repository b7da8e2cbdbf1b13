package distkv.server.request;

import distkv.model.Path;
import distkv.server.tree.Snapshot;

/** Converts between the paths of requests and those of the tree. */
final class RequestPaths {
    private RequestPaths() {}

    /** A path as a client sees it whose root is {@code root}. */
    static Path shown(Path root, Path path) {
        return path.startsWith(root) ? path.below(root) : path;
    }

    static boolean isInternal(Path path) {
        return path.startsWith(Snapshot.INTERNAL);
    }
}
