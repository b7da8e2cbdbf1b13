package distkv.store.engine;

import distkv.model.Entry;
import distkv.store.TreeContents;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.concurrent.RecursiveAction;

/**
 * Sorts entries by path several times faster than comparing keys would: a quicksort on eight bytes of the keys at a time,
 * which are numbers side by side in memory. Entries whose eight bytes are equal are sorted by the next eight.
 *
 * <p>Keys are padded with zero bytes. That is correct because no key continues with a zero byte where another one ends.
 */
public final class PathSort extends RecursiveAction {
    private static final long serialVersionUID = 1;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int FEW = 24;
    private static final int MANY = 1 << 14;
    /** Only an attack goes deeper than this, or many keys with a common prefix of over a kilobyte. */
    private static final int MAX_LEVEL = 160;

    private final transient Entry[] entries;
    private final long[] words;
    private final int from;
    private final int to;
    private final int depth;
    /** Whether {@link #words} are those at this depth already. */
    private final boolean filled;

    private final int level;

    private PathSort(Entry[] entries, long[] words, int from, int to, int depth, boolean filled, int level) {
        this.entries = entries;
        this.words = words;
        this.from = from;
        this.to = to;
        this.depth = depth;
        this.filled = filled;
        this.level = level;
    }

    /** The contents of a tree whose entries are in no order. The array is sorted and must not be used any more. */
    public static TreeContents contents(long revision, Entry[] entries) {
        sort(entries);
        return new TreeContents(revision, Collections.unmodifiableList(Arrays.asList(entries)));
    }

    static void sort(Entry[] entries) {
        new PathSort(entries, new long[entries.length], 0, entries.length, 0, false, 0).invoke();
    }

    @Override
    protected void compute() {
        if (to - from <= FEW) {
            sortFew();
            return;
        }
        if (level == MAX_LEVEL) {
            Arrays.sort(entries, from, to, Comparator.comparing(Entry::path));
            return;
        }
        if (!filled) {
            for (int i = from; i < to; i++) {
                words[i] = word(entries[i].path().key(), depth);
            }
        }
        long pivot = pivot();
        int less = from;
        int more = to;
        for (int at = from; at < more; ) {
            if (words[at] < pivot) {
                swap(at++, less++);
            } else if (words[at] > pivot) {
                swap(at, --more);
            } else {
                at++;
            }
        }
        PathSort before = new PathSort(entries, words, from, less, depth, true, level + 1);
        PathSort equal = new PathSort(entries, words, less, more, depth + Long.BYTES, false, level + 1);
        PathSort after = new PathSort(entries, words, more, to, depth, true, level + 1);
        if (to - from >= MANY) {
            invokeAll(before, equal, after);
        } else {
            before.compute();
            equal.compute();
            after.compute();
        }
    }

    /** The eight bytes of a key from {@code depth} on, as a number with the same order. */
    private static long word(byte[] key, int depth) {
        if (key.length - depth >= Long.BYTES) {
            return (long) WORD.get(key, depth) ^ Long.MIN_VALUE;
        }
        long word = 0;
        for (int i = depth; i < depth + Long.BYTES; i++) {
            word = word << Byte.SIZE | (i < key.length ? key[i] & 0xFF : 0);
        }
        return word ^ Long.MIN_VALUE;
    }

    /** The median of nine. */
    private long pivot() {
        int step = (to - from) / 9;
        return median(
                median(words[from], words[from + step], words[from + 2 * step]),
                median(words[from + 3 * step], words[from + 4 * step], words[from + 5 * step]),
                median(words[from + 6 * step], words[from + 7 * step], words[to - 1]));
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private void swap(int a, int b) {
        long word = words[a];
        words[a] = words[b];
        words[b] = word;
        Entry entry = entries[a];
        entries[a] = entries[b];
        entries[b] = entry;
    }

    private void sortFew() {
        for (int i = from + 1; i < to; i++) {
            Entry entry = entries[i];
            int at = i;
            for (; at > from && entries[at - 1].path().compareTo(entry.path()) > 0; at--) {
                entries[at] = entries[at - 1];
            }
            entries[at] = entry;
        }
    }
}
