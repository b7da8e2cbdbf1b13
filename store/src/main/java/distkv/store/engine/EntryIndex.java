package distkv.store.engine;

import distkv.model.Entry;
import distkv.model.Path;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Entries by path: an open-addressing hash table of entries and their hashes, about 16 bytes for each.
 *
 * <p>The hash is keyed with random numbers, so that chosen paths cannot be made to collide.
 */
public final class EntryIndex {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final SecureRandom RANDOM = new SecureRandom();

    private final long seed = RANDOM.nextLong();
    private final long factor = RANDOM.nextLong() | 1;
    private @Nullable Entry[] slots;
    /** The hash of the entry in each slot, so that the keys of other entries are rarely compared. */
    private int[] hashes;

    private int size;

    public EntryIndex() {
        this(0);
    }

    /** @param expected about how many entries there will be; this only saves time */
    public EntryIndex(int expected) {
        int length = Math.max(64, Integer.highestOneBit(Math.min(expected, 1 << 28) / 3 * 4) * 2);
        slots = new Entry[length];
        hashes = new int[length];
    }

    public int size() {
        return size;
    }

    public @Nullable Entry get(Path path) {
        byte[] key = path.key();
        return slots[find(key, hash(key))];
    }

    /** Puts an entry; returns the one it replaces. */
    public @Nullable Entry put(Entry entry) {
        byte[] key = entry.path().key();
        int hash = hash(key);
        int at = find(key, hash);
        Entry previous = slots[at];
        slots[at] = entry;
        hashes[at] = hash;
        if (previous == null && ++size > slots.length / 4 * 3) {
            grow();
        }
        return previous;
    }

    /** Removes the entry at a path and returns it. */
    public @Nullable Entry remove(Path path) {
        byte[] key = path.key();
        int hole = find(key, hash(key));
        Entry removed = slots[hole];
        if (removed == null) {
            return null;
        }
        size--;
        slots[hole] = null;
        // Entries that the removed one had displaced move up; behind the hole they would no longer be found.
        int mask = slots.length - 1;
        for (int at = (hole + 1) & mask; slots[at] != null; at = (at + 1) & mask) {
            if (((at - hashes[at]) & mask) >= ((at - hole) & mask)) {
                slots[hole] = slots[at];
                hashes[hole] = hashes[at];
                slots[at] = null;
                hole = at;
            }
        }
        return removed;
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

    /** The slot of the key's entry, or the free one where it would go. */
    private int find(byte[] key, int hash) {
        int mask = slots.length - 1;
        int at = hash & mask;
        while (true) {
            Entry entry = slots[at];
            if (entry == null
                    || (hashes[at] == hash && Arrays.equals(entry.path().key(), key))) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    private int hash(byte[] key) {
        long hash = seed;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = fold(hash ^ (long) WORD.get(key, at));
        }
        long rest = key.length;
        for (; at < key.length; at++) {
            rest = rest << Byte.SIZE | (key[at] & 0xFF);
        }
        return (int) fold(hash ^ rest);
    }

    private long fold(long word) {
        return word * factor ^ Math.unsignedMultiplyHigh(word, factor);
    }

    private void grow() {
        @Nullable Entry[] oldSlots = slots;
        int[] oldHashes = hashes;
        slots = new Entry[oldSlots.length * 2];
        hashes = new int[slots.length];
        int mask = slots.length - 1;
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != null) {
                int at = oldHashes[i] & mask;
                while (slots[at] != null) {
                    at = (at + 1) & mask;
                }
                slots[at] = oldSlots[i];
                hashes[at] = oldHashes[i];
            }
        }
    }
}
