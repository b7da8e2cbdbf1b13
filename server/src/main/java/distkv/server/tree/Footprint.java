package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import org.jspecify.annotations.Nullable;

/** Estimates of memory in bytes. */
public final class Footprint {
    /** An entry besides its key and value: its objects, and its slots in the store and in the tree. */
    private static final int ENTRY = 168;

    private Footprint() {}

    /** The memory of an entry. */
    public static long of(Path path, @Nullable Value value) {
        return ENTRY + path.key().length + (value == null ? 0L : value.size());
    }

    /** The memory of an entry; 0 for none and for a deletion. */
    public static long of(@Nullable Entry entry) {
        return entry == null || entry.isDeletion() ? 0 : of(entry.path(), entry.value());
    }
}
