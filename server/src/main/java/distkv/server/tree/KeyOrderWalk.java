package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.PathKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A walk in the order of keys. It skips what is too deep without reading it, so listing the children of a path costs as much
 * as there are children.
 */
public final class KeyOrderWalk implements TreeWalk {
    /** Appended to a key, sorts after every key below that path, since no element begins with this byte. */
    private static final byte AFTER = (byte) 0xFF;

    private final Cursor cursor;
    private final byte[] top;
    private final Depths depths;
    private final boolean withEmpty;

    /** The key that the walk is in, and the position in it, which is {@link #depth} elements below the top. */
    private byte[] key;

    private int at;
    private int depth;
    /** Whether the cursor has moved to another entry since {@link #key} was taken from it. */
    private boolean moved;

    private boolean started;
    private Path path = Path.ROOT;
    private @Nullable Entry entry;

    KeyOrderWalk(EntryTree tree, Path top, Depths depths, boolean withEmpty) {
        this.cursor = new Cursor(tree);
        this.top = top.key();
        this.depths = depths;
        this.withEmpty = withEmpty;
        this.key = this.top;
        cursor.seek(this.top);
    }

    @Override
    public boolean next() {
        while (true) {
            Entry here = cursor.entry();
            if (here == null || !isBelow(top, here.path().key())) {
                return false;
            }
            byte[] hereKey = here.path().key();
            if (top.length == 0 && isBelow(Snapshot.INTERNAL.key(), hereKey)) {
                cursor.seek(after(hereKey, Snapshot.INTERNAL.key().length));
                continue;
            }
            step(hereKey);
            if (depths.isBelow(depth)) {
                cursor.seek(after(key, at));
                moved = true;
                continue;
            }
            boolean isEntry = at == key.length;
            if (isEntry) {
                cursor.next();
                moved = true;
            }
            if (depths.contains(depth) && (isEntry || withEmpty)) {
                path = isEntry ? here.path() : Path.ofTrustedKey(Arrays.copyOf(key, at));
                entry = isEntry ? here : null;
                return true;
            }
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public @Nullable Entry entry() {
        return entry;
    }

    /** How many elements {@link #path} is below the top. */
    public int depth() {
        return depth;
    }

    /** Moves by one element into {@code next}, from where it differs from the key that the walk was in. */
    private void step(byte[] next) {
        if (!started) {
            started = true;
            key = next;
            at = top.length;
            depth = 0;
            return;
        }
        if (moved) {
            backTo(next);
            key = next;
            moved = false;
        }
        at = PathKey.skip(key, at);
        depth++;
    }

    /** Goes back to the last element boundary that the current key and the next one have in common. */
    private void backTo(byte[] next) {
        int common = Arrays.mismatch(key, 0, at, next, 0, next.length);
        at = top.length;
        depth = 0;
        // The next key comes later in the order, so it is longer than what both have in common.
        for (int end = PathKey.skip(next, at); end <= common; end = PathKey.skip(next, end)) {
            at = end;
            depth++;
        }
    }

    private static boolean isBelow(byte[] prefix, byte[] key) {
        return key.length >= prefix.length && Arrays.equals(prefix, 0, prefix.length, key, 0, prefix.length);
    }

    private static byte[] after(byte[] key, int length) {
        byte[] after = Arrays.copyOf(key, length + 1);
        after[length] = AFTER;
        return after;
    }
}
