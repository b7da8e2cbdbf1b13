package distkv.server.tree;

import distkv.model.Entry;
import distkv.server.tree.Node.Inner;
import distkv.server.tree.Node.Leaf;
import distkv.server.tree.Node.Owner;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A new version of an {@link EntryTree} that is being made by one thread. Nodes of the old version are copied on their first
 * change; those that this edit made are changed in place.
 */
final class TreeEdit {
    private static final byte[] NO_KEY = {};

    private final Owner owner = new Owner();
    private Node root;
    private int size;

    /** The entry that the last step replaced or removed, and the right half of the node that it split. */
    private @Nullable Entry replaced;

    private @Nullable Node split;

    TreeEdit(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    EntryTree done() {
        return size == 0 ? EntryTree.EMPTY : new EntryTree(root, size);
    }

    /** Puts an entry; returns the one it replaces. */
    @Nullable
    Entry put(Entry entry) {
        replaced = null;
        Node left = put(root, entry.path().key(), entry);
        Node right = split;
        split = null;
        root = right == null ? left : new Inner(owner, new byte[][] {NO_KEY, lowest(right)}, new Node[] {left, right});
        if (replaced == null) {
            size++;
        }
        return replaced;
    }

    /** Removes the entry with this key; returns it, or {@code null} if there is none. */
    @Nullable
    Entry remove(byte[] key) {
        replaced = null;
        Node rest = remove(root, key);
        if (replaced != null) {
            size--;
            while (rest instanceof Inner inner && inner.children.length == 1) {
                rest = inner.children[0];
            }
            root = rest;
        }
        return replaced;
    }

    private Node put(Node node, byte[] key, Entry entry) {
        return switch (node) {
            case Leaf leaf -> putInto(leaf, key, entry);
            case Inner inner -> putBelow(inner, key, entry);
        };
    }

    private Leaf putInto(Leaf old, byte[] key, Entry entry) {
        int at = old.find(key);
        if (at >= 0) {
            replaced = old.entries[at];
            Leaf leaf = own(old);
            leaf.entries[at] = entry;
            return leaf;
        }
        Entry[] entries = inserted(old.entries, -1 - at, entry);
        if (entries.length <= Node.MAX) {
            KeyPrefixes prefixes =
                    old.prefixes.fit(key) ? old.prefixes.inserted(-1 - at, key) : Leaf.prefixesOf(entries);
            return with(old, entries, prefixes);
        }
        int half = entries.length / 2;
        split = new Leaf(owner, Arrays.copyOfRange(entries, half, entries.length));
        Entry[] left = Arrays.copyOf(entries, half);
        return with(old, left, Leaf.prefixesOf(left));
    }

    private Inner putBelow(Inner old, byte[] key, Entry entry) {
        int at = old.find(key);
        Node child = put(old.children[at], key, entry);
        Inner inner = own(old);
        inner.children[at] = child;
        Node right = split;
        split = null;
        if (right != null) {
            byte[] between = lowest(right);
            inner.keys = inserted(inner.keys, at + 1, between);
            inner.children = inserted(inner.children, at + 1, right);
            if (inner.children.length > Node.MAX) {
                int half = inner.children.length / 2;
                split = new Inner(
                        owner,
                        Arrays.copyOfRange(inner.keys, half, inner.keys.length),
                        Arrays.copyOfRange(inner.children, half, inner.children.length));
                inner.keys = Arrays.copyOf(inner.keys, half);
                inner.prefixes = KeyPrefixes.of(inner.keys, 1);
                inner.children = Arrays.copyOf(inner.children, half);
            } else {
                inner.prefixes = inner.prefixes.fit(between)
                        ? inner.prefixes.inserted(at + 1, between)
                        : KeyPrefixes.of(inner.keys, 1);
            }
        }
        return inner;
    }

    /** The node without this key, possibly of size 0. */
    private Node remove(Node node, byte[] key) {
        return switch (node) {
            case Leaf leaf -> {
                int at = leaf.find(key);
                if (at < 0) {
                    yield leaf;
                }
                replaced = leaf.entries[at];
                yield with(leaf, without(leaf.entries, at), leaf.prefixes.without(at));
            }
            case Inner inner -> {
                int at = inner.find(key);
                Node child = remove(inner.children[at], key);
                yield replaced == null ? inner : shrunk(own(inner), at, child);
            }
        };
    }

    private static Inner shrunk(Inner inner, int at, Node child) {
        inner.children[at] = child;
        if (child.size() == 0) {
            drop(inner, at);
        } else if (child.size() < Node.SPARSE && inner.children.length > 1) {
            int left = at == 0 ? 0 : at - 1;
            Node one = inner.children[left];
            Node two = inner.children[left + 1];
            if (one.size() + two.size() <= Node.MAX * 3 / 4) {
                inner.children[left] = merged(child.owner, one, two, inner.keys[left + 1]);
                drop(inner, left + 1);
            }
        }
        return inner;
    }

    private static Node merged(Owner owner, Node left, Node right, byte[] between) {
        return switch (left) {
            case Leaf leaf -> new Leaf(owner, joined(leaf.entries, ((Leaf) right).entries));
            case Inner inner -> {
                Inner other = (Inner) right;
                byte[][] keys = joined(inner.keys, other.keys);
                // The first key of a node is not kept up to date; the key that separates the two nodes is.
                keys[inner.keys.length] = between;
                yield new Inner(owner, keys, joined(inner.children, other.children));
            }
        };
    }

    private static void drop(Inner inner, int at) {
        inner.keys = without(inner.keys, at);
        inner.prefixes = inner.prefixes.without(at);
        inner.children = without(inner.children, at);
    }

    private Leaf own(Leaf leaf) {
        return leaf.owner == owner ? leaf : new Leaf(owner, leaf.entries.clone(), leaf.prefixes);
    }

    private Inner own(Inner inner) {
        return inner.owner == owner
                ? inner
                : new Inner(owner, inner.keys.clone(), inner.prefixes, inner.children.clone());
    }

    private Leaf with(Leaf leaf, Entry[] entries, KeyPrefixes prefixes) {
        if (leaf.owner != owner) {
            return new Leaf(owner, entries, prefixes);
        }
        leaf.entries = entries;
        leaf.prefixes = prefixes;
        return leaf;
    }

    /** The key that separates a node that was just split off from the one before it. */
    private static byte[] lowest(Node node) {
        return switch (node) {
            case Leaf leaf -> leaf.entries[0].path().key();
            case Inner inner -> inner.keys[0];
        };
    }

    private static <T> T[] inserted(T[] array, int at, T element) {
        T[] longer = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, at, longer, at + 1, array.length - at);
        longer[at] = element;
        return longer;
    }

    private static <T> T[] without(T[] array, int at) {
        T[] shorter = Arrays.copyOf(array, array.length - 1);
        System.arraycopy(array, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }

    private static <T> T[] joined(T[] left, T[] right) {
        T[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
