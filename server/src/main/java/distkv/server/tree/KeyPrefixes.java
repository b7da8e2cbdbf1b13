package distkv.server.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Eight bytes of each of a node's sorted keys, those after what all of them begin with, so that a search reads one
 * array instead of following a pointer to each key that it looks at. Keys of which these bytes are equal must be
 * compared themselves. Immutable, and shared by all nodes that have the same keys.
 */
final class KeyPrefixes {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static final KeyPrefixes NONE = new KeyPrefixes(new byte[0], 0, new long[0]);

    /** One of the keys, for the bytes that all begin with. */
    private final byte[] sample;

    private final int skip;
    private final long[] words;

    private KeyPrefixes(byte[] sample, int skip, long[] words) {
        this.sample = sample;
        this.skip = skip;
        this.words = words;
    }

    /** The words of these keys, of which the first {@code from} are not looked at. */
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

    /** Whether a key begins as all the others do, so that {@link #inserted} can take it. */
    boolean fit(byte[] key) {
        return order(key) == 0;
    }

    /** These and the word of one more key, which must {@link #fit}. */
    KeyPrefixes inserted(int at, byte[] key) {
        long[] more = Arrays.copyOf(words, words.length + 1);
        System.arraycopy(words, at, more, at + 1, words.length - at);
        more[at] = word(key, skip);
        return new KeyPrefixes(sample, skip, more);
    }

    /** These without one. */
    KeyPrefixes without(int at) {
        long[] fewer = Arrays.copyOf(words, words.length - 1);
        System.arraycopy(words, at + 1, fewer, at, fewer.length - at);
        return new KeyPrefixes(sample, skip, fewer);
    }

    /** How a key is to all the others: 0 if it begins as they do, otherwise below or above all of them. */
    int order(byte[] key) {
        return Arrays.compareUnsigned(key, 0, Math.min(skip, key.length), sample, 0, skip);
    }

    /** The word of a key that begins as all the others do. */
    long word(byte[] key) {
        return word(key, skip);
    }

    /** How the word at {@code at} is to another. */
    int compare(int at, long word) {
        return Long.compareUnsigned(words[at], word);
    }

    /** Eight bytes of a key; zeros where it has none. A shorter key then comes first or is equal, never last. */
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
