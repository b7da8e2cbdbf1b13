package distkv.model;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of an entry: a list of elements, stored as its <em>key</em> in the order-preserving encoding of {@link PathKey}.
 *
 * <p>The unsigned byte order of keys is the order of a tree walk: a parent precedes its children, and everything below a
 * path is one range of keys that start with the path's key. Stores use the key as it is, so finding, comparing and listing
 * entries decodes nothing.
 *
 * <p>An element is a {@link String}, a {@link Long} or (beyond 64 bits) a {@link BigInteger}, a {@link Double}, a
 * {@link Boolean}, {@link Nil}, {@link Bytes}, or a nested {@code Path}. The elements {@code 1}, {@code 1.0} and
 * {@code true} are different.
 */
public final class Path implements Comparable<Path> {
    /** The path without elements: the root of the tree. */
    public static final Path ROOT = new Path(new byte[0]);

    /** The most bytes of a path in a message. */
    private static final int BRIEF = 1_000;

    private final byte[] key;
    private int hash;

    private Path(byte[] key) {
        this.key = key;
    }

    /** The path of these elements; {@code null} stands for {@link Nil}, every integer type for {@link Long}. */
    public static Path of(@Nullable Object... elements) {
        return new Path(PathKey.encode(Arrays.asList(elements)));
    }

    /** The path of these elements, like {@link #of(Object...)}. */
    public static Path of(List<? extends @Nullable Object> elements) {
        return new Path(PathKey.encode(elements));
    }

    /**
     * The path with this key. The array is not copied and must not change.
     *
     * @throws IllegalArgumentException if these bytes are not a key
     */
    public static Path ofKey(byte[] key) {
        PathKey.check(key);
        return new Path(key);
    }

    /** The path with this key, which is not checked: it must come from {@link #key}. */
    public static Path ofTrustedKey(byte[] key) {
        return key.length == 0 ? ROOT : new Path(key);
    }

    /**
     * Reads a path as people write it, e.g. {@code :.distkv.code.proc} or {@code room:3.temp}; see {@link PathText}.
     *
     * @throws PathSyntaxException if the text is not a path; the message names the position
     */
    public static Path parse(String text) {
        return PathText.parse(text);
    }

    /** The key. The array is the path's own and must not be changed. */
    public byte[] key() {
        return key;
    }

    public boolean isRoot() {
        return key.length == 0;
    }

    /** The number of elements. */
    public int length() {
        return PathKey.count(key);
    }

    /** The elements, first to last. */
    public List<Object> elements() {
        return PathKey.decode(key);
    }

    /** This path with one more element. */
    public Path child(@Nullable Object element) {
        return append(of(element));
    }

    /** This path followed by another. */
    public Path append(Path tail) {
        if (isRoot() || tail.isRoot()) {
            return isRoot() ? tail : this;
        }
        byte[] joined = Arrays.copyOf(key, key.length + tail.key.length);
        System.arraycopy(tail.key, 0, joined, key.length, tail.key.length);
        return ofTrustedKey(joined);
    }

    /** The path without its last element; the root's parent is the root. */
    public Path parent() {
        return head(Math.max(0, length() - 1));
    }

    /** The first {@code count} elements. */
    public Path head(int count) {
        return ofTrustedKey(Arrays.copyOf(key, PathKey.offset(key, count)));
    }

    /** The path without its first {@code count} elements. */
    public Path tail(int count) {
        return ofTrustedKey(Arrays.copyOfRange(key, PathKey.offset(key, count), key.length));
    }

    /** The rest of this path after {@code prefix}, which it must start with. */
    public Path below(Path prefix) {
        return prefix.isRoot() ? this : ofTrustedKey(Arrays.copyOfRange(key, prefix.key.length, key.length));
    }

    /** The number of leading elements that this path and another have in common. */
    public int shared(Path other) {
        int same = Arrays.mismatch(key, other.key);
        int end = same < 0 ? key.length : same;
        int count = 0;
        for (int at = 0; at < end; count++) {
            at = PathKey.skip(key, at);
            if (at > end) {
                break;
            }
        }
        return count;
    }

    /** Whether this path is {@code prefix} or below it. */
    public boolean startsWith(Path prefix) {
        int end = prefix.key.length;
        return key.length >= end && Arrays.equals(key, 0, end, prefix.key, 0, end);
    }

    /** Whether the last elements of this path are those of {@code tail}. */
    public boolean endsWith(Path tail) {
        int from = key.length - tail.key.length;
        // Equal bytes are not enough: they may be the end of a longer element.
        return from >= 0
                && Arrays.equals(key, from, key.length, tail.key, 0, tail.key.length)
                && PathKey.begins(key, from);
    }

    /**
     * The upper bound of the paths at and below this one: they sort before it, all that follow sort after it. It is not a
     * path, and only for comparisons.
     */
    public Path endOfSubtree() {
        byte[] end = Arrays.copyOf(key, key.length + 1);
        end[key.length] = (byte) 0xFF;
        return new Path(end);
    }

    /** The order of a tree walk: parents first, siblings by type and value. */
    @Override
    public int compareTo(Path other) {
        return Arrays.compareUnsigned(key, other.key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Path path && Arrays.equals(key, path.key);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = hash(key);
            hash = known;
        }
        return known;
    }

    /** The sum that {@link Arrays#hashCode} makes differs little between siblings with numbers, so their end counts more. */
    private static int hash(byte[] key) {
        long end = 0;
        for (int i = Math.max(0, key.length - Long.BYTES); i < key.length; i++) {
            end = (end << Byte.SIZE) | (key[i] & 0xFF);
        }
        return (31 * Arrays.hashCode(key)) + (int) ((end * 0x9E37_79B9_7F4A_7C15L) >>> Integer.SIZE);
    }

    /** The path as people write it, cut off if it is very long, for messages. */
    public String brief() {
        int end = 0;
        while (end < key.length && PathKey.skip(key, end) <= BRIEF) {
            end = PathKey.skip(key, end);
        }
        return end == key.length
                ? toString()
                : ofTrustedKey(Arrays.copyOf(key, end)) + "… (" + key.length + " bytes in all)";
    }

    /** The path as people write it; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return PathText.print(this);
    }
}
