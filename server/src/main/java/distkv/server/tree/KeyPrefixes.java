package distkv.server.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Eight bytes of each of a node's sorted keys, those after their common prefix, so that a search reads one array instead of
 * following a pointer to each key. Keys with equal bytes must be compared themselves. Immutable, and shared by all nodes
 * with the same keys.
 */
final class KeyPrefixes {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static final KeyPrefixes NONE = new KeyPrefixes(new byte[0], 0, new long[0]);

    /** One of the keys, for the common prefix. */
    private final byte[] sample;

    private final int skip;
    private final long[] words;

    private KeyPrefixes(byte[] sample, int skip, long[] words) {
        this.sample = sample;
        this.skip = skip;
        this.words = words;
    }

    /** The prefixes of these keys, without reading the first {@code from}. */
    static KeyPrefixes of(byte[][] keys, int from) {
        if (keys.length == from) {
            return new KeyPrefixes(NONE.sample, 0, new long[keys.length]);
        }
        byte[] first = keys[from];
        byte[] last = keys[keys.length - 1];
        int mismatch = Arrays.mismatch(first, last);
        int skip = mismatch < 0 ? first.length : mismatch;
        long[] words = new long[keys.length];
        for (int i = from; i < keys.length; i++) {
            words[i] = word(keys[i], skip);
        }
        return new KeyPrefixes(first, skip, words);
    }

    /** Whether a key has the common prefix, so that {@link #inserted} can take it. */
    boolean fit(byte[] key) {
        return order(key) == 0;
    }

    /** These and one more key, which must {@link #fit}. */
    KeyPrefixes inserted(int at, byte[] key) {
        long[] more = Arrays.copyOf(words, words.length + 1);
        System.arraycopy(words, at, more, at + 1, words.length - at);
        more[at] = word(key, skip);
        return new KeyPrefixes(sample, skip, more);
    }

    /** These without the one at an index. */
    KeyPrefixes without(int at) {
        long[] fewer = Arrays.copyOf(words, words.length - 1);
        System.arraycopy(words, at + 1, fewer, at, fewer.length - at);
        return new KeyPrefixes(sample, skip, fewer);
    }

    /** Compares a key with the common prefix: 0 if it has it, otherwise it is below or above all keys. */
    int order(byte[] key) {
        return Arrays.compareUnsigned(key, 0, Math.min(skip, key.length), sample, 0, skip);
    }

    /** The eight bytes of a key that has the common prefix, as a number. */
    long word(byte[] key) {
        return word(key, skip);
    }

    /** Compares the bytes of the key at an index with others. */
    int compare(int at, long word) {
        return Long.compareUnsigned(words[at], word);
    }

    /** Eight bytes of a key, padded with zeros. A shorter key then sorts first or equal, never last. */
    private static long word(byte[] key, int skip) {
        if (skip + Long.BYTES <= key.length) {
            return (long) WORD.get(key, skip);
        }
        long word = 0;
        for (int i = skip; i < key.length; i++) {
            word |= (key[i] & 0xFFL) << (Long.SIZE - Byte.SIZE * (1 + i - skip));
        }
        return word;
    }
}
