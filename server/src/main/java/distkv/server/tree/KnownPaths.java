package distkv.server.tree;

import distkv.model.Path;
import distkv.model.PathKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The paths that are known although they may have no entry: those that had one or were watched, and all above them.
 * Reading a known path finds nothing, while reading an unknown one is an error.
 *
 * <p>A Bloom filter of a fixed size: it forgets nothing until the process ends. After a million paths it takes about 2 % of
 * the unknown paths for known ones, and more after that; an error in this direction is harmless.
 */
final class KnownPaths {
    /** The number of longs; 1 MiB in all. */
    private static final int SIZE = 1 << 17;

    private static final int PROBES = 4;

    /** A path that is known with this many levels below it. */
    private record Place(Path top, int levels) {
        boolean has(Path path) {
            return path.startsWith(top) && path.length() <= top.length() + levels;
        }
    }

    private final List<Place> places = new CopyOnWriteArrayList<>();
    private final AtomicLongArray bits = new AtomicLongArray(SIZE);

    /** Adds a path and all above it. */
    void add(Path path) {
        byte[] key = path.key();
        long hash = SEED;
        int from = 0;
        for (int end = 0; end < key.length; from = end) {
            end = PathKey.skip(key, end);
            hash = hash(key, from, end, hash);
            set(hash);
        }
    }

    /** Like {@link #add}, with every path up to {@code levels} below. There should be only a few of these. */
    void addWithBelow(Path path, int levels) {
        add(path);
        places.add(new Place(path, levels));
    }

    /** Whether a path or one below it was added; rarely true although neither was. */
    boolean contain(Path path) {
        return isAdded(path) || places.stream().anyMatch(place -> place.has(path));
    }

    private boolean isAdded(Path path) {
        byte[] key = path.key();
        long mixed = mix(hash(key, 0, key.length, SEED));
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(mixed, i);
            if ((bits.get(bit >>> 6) & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    private void set(long hash) {
        long mixed = mix(hash);
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(mixed, i);
            long mask = 1L << bit;
            if ((bits.get(bit >>> 6) & mask) == 0) {
                bits.accumulateAndGet(bit >>> 6, mask, (old, more) -> old | more);
            }
        }
    }

    private static int bit(long mixed, int probe) {
        return (int) (mixed + probe * (mixed >>> 32 | 1)) & (SIZE * Long.SIZE - 1);
    }

    // FNV-1a, continued from the hash of the path above.
    private static final long SEED = 0xCBF29CE484222325L;

    private static long hash(byte[] key, int from, int to, long seed) {
        long hash = seed;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (key[i] & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    private static long mix(long hash) {
        long mixed = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 32;
    }
}
