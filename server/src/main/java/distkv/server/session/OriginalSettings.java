package distkv.server.session;

import distkv.model.Path;
import distkv.server.tree.Snapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the original's server reads from its internal tree, and acts on. This one keeps it, and does not act on it; who
 * writes it is told so, since everything looks as if it did.
 */
final class OriginalSettings {
    private static final String TYPES = "types are kept, but this server takes any value";
    private static final String CODECS = "codecs are kept, but every client gets values as they are stored";
    private static final String ACLS = "access lists are kept, but everybody may do everything";
    private static final String USERS = "users are kept, but this server has no log-in";

    private static final Map<Object, String> NOTES =
            Map.of("type", TYPES, "match", TYPES, "codec", CODECS, "conv", CODECS, "acl", ACLS, "auth", USERS);

    private OriginalSettings() {}

    /** What to say to who writes there; {@code null} if it is nothing special. */
    static @Nullable String note(Path path) {
        return path.startsWith(Snapshot.INTERNAL) && path.length() > 1
                ? NOTES.get(path.elements().get(1))
                : null;
    }
}
