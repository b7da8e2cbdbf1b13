package distkv.server.request;

import distkv.model.Path;
import distkv.server.tree.Snapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings in the internal tree that the original's server acts on. This server stores them without acting on them, and
 * tells whoever writes them, since otherwise everything would look as if it did.
 */
final class OriginalSettings {
    private static final String TYPES = "types are stored, but this server accepts any value";
    private static final String CODECS = "codecs are stored, but clients get values as they are stored";
    private static final String ACLS = "access lists are stored, but not enforced";
    private static final String USERS = "users are stored, but nobody logs in as one of them; see distkv user";

    private static final Map<Object, String> NOTES =
            Map.of("type", TYPES, "match", TYPES, "codec", CODECS, "conv", CODECS, "acl", ACLS, "auth", USERS);

    private OriginalSettings() {}

    /** What to tell a client that writes there; {@code null} for nothing. */
    static @Nullable String note(Path path) {
        return path.startsWith(Snapshot.INTERNAL) && path.length() > 1
                ? NOTES.get(path.elements().get(1))
                : null;
    }
}
