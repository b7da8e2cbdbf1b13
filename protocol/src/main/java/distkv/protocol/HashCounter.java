package distkv.protocol;

import java.security.SecureRandom;

/**
 * Counts the hashes of a map's keys, so that nobody can make a map of keys that all have the same one, which would
 * take quadratic time. Keys that nobody has chosen for that share a hash with a few others at most.
 */
final class HashCounter {
    /** How many keys may share a hash. */
    static final int MAX = 128;

    private static final int SEED = new SecureRandom().nextInt();

    /** 0: free. */
    private int[] counts = {};

    private int[] hashes = {};
    private int all;
    private int different;

    /**
     * Adds a hash.
     *
     * @throws ProtocolException if it has come too often
     */
    void add(int hash) {
        if (++all <= MAX) {
            // As if none of these were the same: the first ones cost nothing.
            return;
        }
        if (2 * different >= counts.length) {
            grow();
        }
        int at = find(hash);
        hashes[at] = hash;
        if (counts[at]++ == 0) {
            different++;
        } else if (counts[at] > MAX) {
            throw new ProtocolException(
                    "map with more than " + MAX + " keys of the same hash (expected: keys that differ in it)");
        }
    }

    private int find(int hash) {
        int mask = counts.length - 1;
        int at = spread(hash) & mask;
        while (counts[at] != 0 && hashes[at] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /** Neighbours are spread, so that no sequence of numbers fills one stretch of the table. */
    private static int spread(int hash) {
        int mixed = (hash ^ SEED) * 0x9E3779B1;
        mixed = (mixed ^ mixed >>> 15) * 0x85EBCA77;
        return mixed ^ mixed >>> 13;
    }

    private void grow() {
        int[] oldCounts = counts;
        int[] oldHashes = hashes;
        counts = new int[Math.max(256, 2 * oldCounts.length)];
        hashes = new int[counts.length];
        for (int i = 0; i < oldCounts.length; i++) {
            if (oldCounts[i] != 0) {
                int at = find(oldHashes[i]);
                hashes[at] = oldHashes[i];
                counts[at] = oldCounts[i];
            }
        }
    }
}
