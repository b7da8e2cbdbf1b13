package distkv.server.session;

import distkv.model.Path;
import distkv.server.tree.Snapshot;

/** Where the paths of requests lead to. */
final class RequestPaths {
    /** What the server itself keeps; clients may read it. */
    static final Path OWN = Snapshot.INTERNAL.child(".distkv");

    private RequestPaths() {}

    static Path below(Path root, Path path) {
        return root.isRoot() ? path : path.isRoot() ? root : root.append(path);
    }

    /** A path as a client knows it that sees {@code root} as the root. */
    static Path shown(Path root, Path path) {
        return path.startsWith(root) ? path.below(root) : path;
    }

    static boolean isInternal(Path path) {
        return path.startsWith(Snapshot.INTERNAL);
    }
}
