package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.PathKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk that visits siblings in the order of their creation: a path is as old as the oldest of its own entry and those
 * below it. The children of a path are read when the walk reaches it, which costs as much as there are children, since the
 * nodes of the tree know the ages.
 */
public final class CreationOrderWalk implements TreeWalk {
    private static final byte AFTER = (byte) 0xFF;

    /** A child with entries below it; other children are represented by their entries. */
    private record Place(byte[] key, @Nullable Entry entry, long created) {}

    /** The children of a path, oldest first, and how far the walk has come. */
    private static final class Level {
        final int depth;
        final Object[] children;
        int next;

        Level(int depth, Object[] children) {
            this.depth = depth;
            this.children = children;
        }
    }

    private final EntryTree tree;
    private final Path top;
    private final Depths depths;
    private final boolean withEmpty;
    private final ArrayDeque<Level> levels = new ArrayDeque<>();
    private boolean started;
    private Path path = Path.ROOT;
    private @Nullable Entry entry;

    CreationOrderWalk(EntryTree tree, Path top, Depths depths, boolean withEmpty) {
        this.tree = tree;
        this.top = top;
        this.depths = depths;
        this.withEmpty = withEmpty;
    }

    @Override
    public boolean next() {
        if (!started) {
            started = true;
            Entry here = tree.get(top.key());
            boolean hasBelow = enter(top.key(), 0);
            if (isWanted(0, here, hasBelow)) {
                path = top;
                entry = here;
                return true;
            }
        }
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            if (level.next == level.children.length) {
                levels.removeLast();
                continue;
            }
            Object child = level.children[level.next];
            level.children[level.next++] = null;
            int depth = level.depth;
            if (child instanceof Place place) {
                enter(place.key(), depth);
                if (isWanted(depth, place.entry(), true)) {
                    entry = place.entry();
                    path = entry == null ? Path.ofTrustedKey(place.key()) : entry.path();
                    return true;
                }
            } else if (child instanceof Entry leaf && isWanted(depth, leaf, false)) {
                entry = leaf;
                path = leaf.path();
                return true;
            }
        }
        return false;
    }

    private boolean isWanted(int depth, @Nullable Entry here, boolean hasBelow) {
        return depths.contains(depth) && (here != null || (withEmpty && hasBelow));
    }

    /** Reads the children of a path at this depth; returns whether there are any. */
    private boolean enter(byte[] key, int depth) {
        if (depths.isBelow(depth + 1)) {
            // All that matters is whether there are any, and only at the top.
            return depth > 0 || !children(key, 1).isEmpty();
        }
        List<Object> children = children(key, Integer.MAX_VALUE);
        if (children.isEmpty()) {
            return false;
        }
        Object[] sorted = children.toArray();
        Arrays.sort(sorted, Comparator.comparingLong(CreationOrderWalk::created));
        levels.add(new Level(depth + 1, sorted));
        return true;
    }

    private static long created(Object child) {
        return child instanceof Place place ? place.created() : ((Entry) child).created();
    }

    private List<Object> children(byte[] above, int most) {
        List<Object> children = new ArrayList<>();
        Cursor cursor = new Cursor(tree);
        cursor.seek(above);
        Entry here = cursor.entry();
        if (here != null
                && here.path().key().length == above.length
                && isBelow(above, here.path().key())) {
            cursor.next();
            here = cursor.entry();
        }
        while (here != null
                && children.size() < most
                && isBelow(above, here.path().key())) {
            byte[] key = here.path().key();
            int end = PathKey.skip(key, above.length);
            if (above.length == 0 && isBelow(Snapshot.INTERNAL.key(), key)) {
                cursor.seek(after(key, Snapshot.INTERNAL.key().length));
                here = cursor.entry();
                continue;
            }
            @Nullable Entry at = null;
            if (key.length == end) {
                at = here;
                cursor.next();
            }
            Entry behind = cursor.entry();
            if (behind != null && isBelow(key, end, behind.path().key())) {
                byte[] place = key.length == end ? key : Arrays.copyOf(key, end);
                byte[] after = after(key, end);
                children.add(new Place(place, at, tree.oldest(place, after)));
                cursor.seek(after);
            } else if (at != null) {
                children.add(at);
            }
            here = cursor.entry();
        }
        return children;
    }

    private static boolean isBelow(byte[] prefix, byte[] key) {
        return isBelow(prefix, prefix.length, key);
    }

    private static boolean isBelow(byte[] prefix, int length, byte[] key) {
        return key.length >= length && Arrays.equals(prefix, 0, length, key, 0, length);
    }

    private static byte[] after(byte[] key, int length) {
        byte[] after = Arrays.copyOf(key, length + 1);
        after[length] = AFTER;
        return after;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public @Nullable Entry entry() {
        return entry;
    }
}
