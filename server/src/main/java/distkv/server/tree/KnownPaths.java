package distkv.server.tree;

import distkv.model.Path;
import distkv.model.PathKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which paths were ever heard of, though nothing is there now: they have had entries, or somebody has watched them, and
 * so has whatever is above them. Reading such a path finds nothing, where an unknown one is an error.
 *
 * <p>A Bloom filter of a fixed size: it forgets nothing until the process ends, and takes a path for a known one that
 * is not in about 2 of 100 cases after a million paths, ever more often after more. So it errs towards what harms
 * nobody. All methods may be called from any thread.
 */
final class KnownPaths {
    /** How many longs: 1 MiB in all. */
    private static final int SIZE = 1 << 17;

    private static final int PROBES = 4;

    /** What is known with so many levels below it. */
    private record Place(Path top, int levels) {
        boolean has(Path path) {
            return path.startsWith(top) && path.length() <= top.length() + levels;
        }
    }

    private final List<Place> places = new CopyOnWriteArrayList<>();
    private final AtomicLongArray bits = new AtomicLongArray(SIZE);

    /** Takes note of a path and of all above it. */
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

    /** The same, and of every path up to {@code levels} below it. There should be only a few of these. */
    void addWithBelow(Path path, int levels) {
        add(path);
        places.add(new Place(path, levels));
    }

    /** Whether a path was added, or one below it; or, rarely, neither. */
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

    // FNV-1a, which goes on from the hash of what is above.
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
