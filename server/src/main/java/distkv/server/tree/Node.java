package distkv.server.tree;

import distkv.model.Entry;
import java.util.Arrays;

/**
 * A node of an {@link EntryTree}. Trees share nodes, so only the edit that made a node, its {@code owner}, changes it,
 * before it is visible to anything else.
 */
abstract sealed class Node {
    /** The most entries of a leaf and children of an inner node. */
    static final int MAX = 32;

    /** A node with fewer than this is merged with a neighbour if both together are well below {@link #MAX}. */
    static final int SPARSE = MAX / 4;

    /** Marks the nodes of one edit. */
    static final class Owner {}

    /** The owner of nodes that no edit may change. */
    static final Owner NOBODY = new Owner();

    final Owner owner;

    Node(Owner owner) {
        this.owner = owner;
    }

    abstract int size();

    /**
     * The creation tick of the oldest entry at or below this node; 0 if not computed yet. An edit never computes it, and
     * afterwards the node does not change. Threads may compute it concurrently, with the same result.
     */
    private long oldest;

    /** The creation tick of the oldest entry at or below this node; {@link Long#MAX_VALUE} if there is none. */
    final long oldest() {
        long known = oldest;
        if (known == 0) {
            known = findOldest();
            oldest = known;
        }
        return known;
    }

    abstract long findOldest();

    /** Entries in the order of their keys. */
    static final class Leaf extends Node {
        Entry[] entries;
        KeyPrefixes prefixes;

        Leaf(Owner owner, Entry... entries) {
            this(owner, entries, prefixesOf(entries));
        }

        Leaf(Owner owner, Entry[] entries, KeyPrefixes prefixes) {
            super(owner);
            this.entries = entries;
            this.prefixes = prefixes;
        }

        static KeyPrefixes prefixesOf(Entry[] entries) {
            byte[][] keys = new byte[entries.length][];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = entries[i].path().key();
            }
            return KeyPrefixes.of(keys, 0);
        }

        @Override
        int size() {
            return entries.length;
        }

        @Override
        long findOldest() {
            return oldest(0, entries.length);
        }

        /** The creation tick of the oldest of these entries. */
        long oldest(int from, int to) {
            long oldest = Long.MAX_VALUE;
            for (int i = from; i < to; i++) {
                oldest = Math.min(oldest, entries[i].created());
            }
            return oldest;
        }

        /** The index of {@code key}, or {@code -1 - index} of where it would be. */
        int find(byte[] key) {
            int whole = prefixes.order(key);
            if (whole != 0) {
                return whole < 0 ? -1 : -1 - entries.length;
            }
            long word = prefixes.word(key);
            int low = 0;
            int high = entries.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = prefixes.compare(middle, word);
                if (order == 0) {
                    order = Arrays.compareUnsigned(entries[middle].path().key(), key);
                    if (order == 0) {
                        return middle;
                    }
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -1 - low;
        }
    }

    /**
     * Children in the order of their keys. {@code keys[i]} is at most the smallest key of {@code children[i]}, and larger
     * than all keys before that child; {@code keys[0]} is never read, since everything smaller is in the first child.
     */
    static final class Inner extends Node {
        byte[][] keys;
        KeyPrefixes prefixes;
        Node[] children;

        Inner(Owner owner, byte[][] keys, Node[] children) {
            this(owner, keys, KeyPrefixes.of(keys, 1), children);
        }

        Inner(Owner owner, byte[][] keys, KeyPrefixes prefixes, Node[] children) {
            super(owner);
            this.keys = keys;
            this.prefixes = prefixes;
            this.children = children;
        }

        @Override
        int size() {
            return children.length;
        }

        @Override
        long findOldest() {
            long oldest = Long.MAX_VALUE;
            for (Node child : children) {
                oldest = Math.min(oldest, child.oldest());
            }
            return oldest;
        }

        /** The index of the child that {@code key} is or would be in. */
        int find(byte[] key) {
            int whole = prefixes.order(key);
            if (whole != 0) {
                return whole < 0 ? 0 : keys.length - 1;
            }
            long word = prefixes.word(key);
            int low = 1;
            int high = keys.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = prefixes.compare(middle, word);
                if (order == 0) {
                    order = Arrays.compareUnsigned(keys[middle], key);
                }
                if (order <= 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return high;
        }
    }
}
