package distkv.server.tree;

import distkv.model.Entry;
import distkv.server.tree.Node.Inner;
import distkv.server.tree.Node.Leaf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map from path to entry: a B-tree whose new version shares all unchanged nodes with the old one. The
 * keys are those of the paths, so the tree itself takes between five and nine bytes for an entry.
 */
final class EntryTree {
    static final EntryTree EMPTY = new EntryTree(new Leaf(Node.NOBODY), 0);

    /** How full {@link #of} makes nodes, so that the first inserts do not split all of them. */
    private static final int FILL = Node.MAX * 3 / 4;

    final Node root;
    private final int size;

    EntryTree(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    /** The tree of these entries, which are in path order and contain no deletions. */
    static EntryTree of(List<Entry> sorted) {
        if (sorted.isEmpty()) {
            return EMPTY;
        }
        List<Node> level = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (int at = 0; at < sorted.size(); at += FILL) {
            List<Entry> part = sorted.subList(at, Math.min(at + FILL, sorted.size()));
            level.add(new Leaf(Node.NOBODY, part.toArray(Entry[]::new)));
            keys.add(part.getFirst().path().key());
        }
        while (level.size() > 1) {
            List<Node> above = new ArrayList<>();
            List<byte[]> aboveKeys = new ArrayList<>();
            for (int at = 0; at < level.size(); at += FILL) {
                int end = Math.min(at + FILL, level.size());
                above.add(new Inner(
                        Node.NOBODY,
                        keys.subList(at, end).toArray(byte[][]::new),
                        level.subList(at, end).toArray(Node[]::new)));
                aboveKeys.add(keys.get(at));
            }
            level = above;
            keys = aboveKeys;
        }
        return new EntryTree(level.getFirst(), sorted.size());
    }

    int size() {
        return size;
    }

    @Nullable
    Entry get(byte[] key) {
        Node node = root;
        while (node instanceof Inner inner) {
            node = inner.children[inner.find(key)];
        }
        Leaf leaf = (Leaf) node;
        int at = leaf.find(key);
        return at < 0 ? null : leaf.entries[at];
    }

    /**
     * The creation tick of the oldest entry with a key from {@code from}, inclusive, to {@code to}, exclusive;
     * {@link Long#MAX_VALUE} if there is none.
     */
    long oldest(byte[] from, byte[] to) {
        return oldest(root, from, to);
    }

    private static long oldest(Node node, byte @Nullable [] from, byte @Nullable [] to) {
        if (from == null && to == null) {
            return node.oldest();
        }
        return switch (node) {
            case Leaf leaf -> {
                int begin = from == null ? 0 : leaf.find(from);
                int end = to == null ? leaf.entries.length : leaf.find(to);
                yield leaf.oldest(begin < 0 ? -1 - begin : begin, end < 0 ? -1 - end : end);
            }
            case Inner inner -> {
                int first = from == null ? 0 : inner.find(from);
                int last = to == null ? inner.children.length - 1 : inner.find(to);
                if (first == last) {
                    yield oldest(inner.children[first], from, to);
                }
                long oldest =
                        Math.min(oldest(inner.children[first], from, null), oldest(inner.children[last], null, to));
                for (int i = first + 1; i < last; i++) {
                    oldest = Math.min(oldest, inner.children[i].oldest());
                }
                yield oldest;
            }
        };
    }

    /** Starts a new version. */
    TreeEdit edit() {
        return new TreeEdit(root, size);
    }
}
