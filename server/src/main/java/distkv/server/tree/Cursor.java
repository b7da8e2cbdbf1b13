package distkv.server.tree;

import distkv.model.Entry;
import distkv.server.tree.Node.Inner;
import distkv.server.tree.Node.Leaf;
import org.jspecify.annotations.Nullable;

/** A position in an {@link EntryTree} that moves forward. */
final class Cursor {
    /** More levels than a tree of 2³¹ entries has. */
    private static final int LEVELS = 24;

    private final Node root;
    private final Inner[] above = new Inner[LEVELS];
    private final int[] places = new int[LEVELS];
    private int level;
    private Entry[] entries = {};
    private int at;

    Cursor(EntryTree tree) {
        root = tree.root;
    }

    /** Moves to the first entry whose key is {@code key} or comes after it. */
    void seek(byte[] key) {
        level = 0;
        Node node = root;
        while (node instanceof Inner inner) {
            int place = inner.find(key);
            above[level] = inner;
            places[level++] = place;
            node = inner.children[place];
        }
        Leaf leaf = (Leaf) node;
        int found = leaf.find(key);
        entries = leaf.entries;
        at = found < 0 ? -1 - found : found;
        if (at == entries.length) {
            nextLeaf();
        }
    }

    /** The current entry; {@code null} after the last one. */
    @Nullable
    Entry entry() {
        return at < entries.length ? entries[at] : null;
    }

    void next() {
        if (++at >= entries.length) {
            nextLeaf();
        }
    }

    private void nextLeaf() {
        while (level > 0 && places[level - 1] + 1 == above[level - 1].children.length) {
            level--;
        }
        if (level == 0) {
            at = entries.length;
            return;
        }
        Node node = above[level - 1].children[++places[level - 1]];
        while (node instanceof Inner inner) {
            above[level] = inner;
            places[level++] = 0;
            node = inner.children[0];
        }
        entries = ((Leaf) node).entries;
        at = 0;
    }
}
