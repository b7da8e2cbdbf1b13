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

    /** Entries in the order of their keys. */
    static final class Leaf extends Node {
        Entry[] entries;

        Leaf(Owner owner, Entry... entries) {
            super(owner);
            this.entries = entries;
        }

        @Override
        int size() {
            return entries.length;
        }

        /** Where {@code key} is, or {@code -1 - } where it would be. */
        int find(byte[] key) {
            int low = 0;
            int high = entries.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = Arrays.compareUnsigned(entries[middle].path().key(), key);
                if (order == 0) {
                    return middle;
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
        Node[] children;

        Inner(Owner owner, byte[][] keys, Node[] children) {
            super(owner);
            this.keys = keys;
            this.children = children;
        }

        @Override
        int size() {
            return children.length;
        }

        /** Which child {@code key} is or would be below. */
        int find(byte[] key) {
            int low = 1;
            int high = keys.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (Arrays.compareUnsigned(keys[middle], key) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return high;
        }
    }
}
