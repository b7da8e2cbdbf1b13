package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import org.jspecify.annotations.Nullable;

/** About how many bytes of memory things take. */
public final class Footprint {
    /** What an entry takes beside its key and its value: its objects, and its places in the store and in the tree. */
    private static final int ENTRY = 160;

    private Footprint() {}

    /** Of an entry in the tree. */
    public static long of(Path path, @Nullable Value value) {
        return ENTRY + path.key().length + (value == null ? 0L : value.size());
    }

    /** Of an entry in the tree, 0 for none and for a deletion. */
    public static long of(@Nullable Entry entry) {
        return entry == null || entry.isDeletion() ? 0 : of(entry.path(), entry.value());
    }
}
