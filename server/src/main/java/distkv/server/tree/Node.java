package distkv.server.tree;

import distkv.model.Entry;
import java.util.Arrays;

/**
 * A node of an {@link EntryTree}. Nodes are shared between trees, so a node is only changed by the edit that made it,
 * its {@code owner}, before anybody else can see it.
 */
abstract sealed class Node {
    /** The most entries of a leaf and children of an inner node. */
    static final int MAX = 32;

    /** A node with fewer is merged with a neighbour if both together are well below {@link #MAX}. */
    static final int SPARSE = MAX / 4;

    /** What marks the nodes of one edit. */
    static final class Owner {}

    /** The owner of nodes that no edit may change. */
    static final Owner NOBODY = new Owner();

    final Owner owner;

    Node(Owner owner) {
        this.owner = owner;
    }

    abstract int size();

    /**
     * The tick at which the first of the entries here and below was created, 0 if nobody has asked yet: who changes a
     * node never asks, and who asks sees it change no more. Several may find it at once, and find the same.
     */
    private long oldest;

    /** When the first of the entries here and below was created; the largest number if there are none. */
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
        KeyPrefixes words;

        Leaf(Owner owner, Entry... entries) {
            this(owner, entries, wordsOf(entries));
        }

        Leaf(Owner owner, Entry[] entries, KeyPrefixes words) {
            super(owner);
            this.entries = entries;
            this.words = words;
        }

        static KeyPrefixes wordsOf(Entry[] entries) {
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

        /** When the first of these entries was created. */
        long oldest(int from, int to) {
            long oldest = Long.MAX_VALUE;
            for (int i = from; i < to; i++) {
                oldest = Math.min(oldest, entries[i].created());
            }
            return oldest;
        }

        /** Where {@code key} is, or {@code -1 - } where it would be. */
        int find(byte[] key) {
            int whole = words.order(key);
            if (whole != 0) {
                return whole < 0 ? -1 : -1 - entries.length;
            }
            long word = words.word(key);
            int low = 0;
            int high = entries.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = words.compare(middle, word);
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
     * Children in the order of their keys. {@code keys[i]} is not above any key below {@code children[i]} and above all
     * keys before that child; {@code keys[0]} is never looked at, since everything smaller is below the first child.
     */
    static final class Inner extends Node {
        byte[][] keys;
        KeyPrefixes words;
        Node[] children;

        Inner(Owner owner, byte[][] keys, Node[] children) {
            this(owner, keys, KeyPrefixes.of(keys, 1), children);
        }

        Inner(Owner owner, byte[][] keys, KeyPrefixes words, Node[] children) {
            super(owner);
            this.keys = keys;
            this.words = words;
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

        /** Which child {@code key} is or would be below. */
        int find(byte[] key) {
            int whole = words.order(key);
            if (whole != 0) {
                return whole < 0 ? 0 : keys.length - 1;
            }
            long word = words.word(key);
            int low = 1;
            int high = keys.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = words.compare(middle, word);
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
