package distkv.protocol;

import java.security.SecureRandom;

/**
 * Counts the hashes of a map's keys, and refuses maps whose keys were chosen to share one hash, which would take quadratic
 * time. Other keys share a hash with a few at most.
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
     * @throws ProtocolException if it has occurred too often
     */
    void add(int hash) {
        if (++all <= MAX) {
            // Small maps are not counted, so they cost nothing.
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

    /** Spreads neighbouring numbers over the table. */
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
