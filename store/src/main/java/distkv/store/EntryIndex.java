package distkv.store;

import distkv.model.Entry;
import distkv.model.Path;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Entries found by their path: an open hash table that holds nothing but the entries, 8 bytes for each. It has one
 * owner, a thread or a lock.
 *
 * <p>The hash is keyed with random numbers, so nobody who chooses paths can make them collide.
 */
public final class EntryIndex {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final SecureRandom RANDOM = new SecureRandom();

    private final long seed = RANDOM.nextLong();
    private final long factor = RANDOM.nextLong() | 1;
    private @Nullable Entry[] slots = new Entry[64];
    private int size;

    public int size() {
        return size;
    }

    public @Nullable Entry get(Path path) {
        return slots[find(path)];
    }

    /** Puts an entry in the place of what its path had, and returns that. */
    public @Nullable Entry put(Entry entry) {
        int at = find(entry.path());
        Entry previous = slots[at];
        slots[at] = entry;
        if (previous == null && ++size > slots.length / 4 * 3) {
            grow();
        }
        return previous;
    }

    /** Removes what a path has, and returns it. */
    public @Nullable Entry remove(Path path) {
        int hole = find(path);
        Entry removed = slots[hole];
        if (removed == null) {
            return null;
        }
        size--;
        slots[hole] = null;
        // What was displaced by the removed entry moves up, or it would no longer be found behind the hole.
        int mask = slots.length - 1;
        int at = hole;
        while (true) {
            at = (at + 1) & mask;
            Entry next = slots[at];
            if (next == null) {
                return removed;
            }
            int home = home(next.path().key());
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                slots[hole] = next;
                slots[at] = null;
                hole = at;
            }
        }
    }

    /** All entries, in no order. */
    public Entry[] toArray() {
        Entry[] all = new Entry[size];
        int count = 0;
        for (Entry entry : slots) {
            if (entry != null) {
                all[count++] = entry;
            }
        }
        return all;
    }

    /** The slot that holds the path's entry, or the free one where it would go. */
    private int find(Path path) {
        byte[] key = path.key();
        int mask = slots.length - 1;
        int at = home(key);
        while (true) {
            Entry entry = slots[at];
            if (entry == null || Arrays.equals(entry.path().key(), key)) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    private int home(byte[] key) {
        long hash = seed;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = fold(hash ^ (long) WORD.get(key, at));
        }
        long rest = key.length;
        for (; at < key.length; at++) {
            rest = rest << Byte.SIZE | (key[at] & 0xFF);
        }
        return (int) fold(hash ^ rest) & (slots.length - 1);
    }

    private long fold(long word) {
        return word * factor ^ Math.unsignedMultiplyHigh(word, factor);
    }

    private void grow() {
        @Nullable Entry[] old = slots;
        slots = new Entry[old.length * 2];
        for (Entry entry : old) {
            if (entry != null) {
                slots[find(entry.path())] = entry;
            }
        }
    }
}
