package distkv.model;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order-preserving encoding of paths.
 *
 * <p>An element is a tag byte and its content. Tags order the types: nil, false, true, integers, floats, text, bytes,
 * nested paths. The tag of an integer encodes its sign and length. Text and bytes end with {@code 00}; in them, the bytes 0
 * and 1 are written as {@code 01 01} and {@code 01 02}. A nested path ends with {@code 00}, which is not a tag. So the
 * encoding of an element is never a prefix of another's: a key that is a prefix of another belongs to an ancestor, and keys
 * sort like their elements.
 */
public final class PathKey {
    /** The deepest nesting of paths within paths. */
    public static final int MAX_NESTING = 16;

    public static final int NIL = 0x10;
    public static final int FALSE = 0x11;
    public static final int TRUE = 0x12;
    /** The integer 0. {@code ZERO + n} is a positive integer of n bytes, {@code ZERO - n} a negative one. */
    public static final int ZERO = 0x38;
    /** The distance from {@link #ZERO} of integers beyond 64 bits, whose tag is followed by two bytes of length. */
    public static final int BIG = 9;

    public static final int FLOAT = 0x50;
    public static final int TEXT = 0x60;
    public static final int BYTES = 0x70;
    public static final int NESTED = 0x78;
    public static final int END = 0x00;
    /** Within text and bytes: {@code ESCAPE, n + 1} is the byte n, which is 0 or 1. */
    public static final int ESCAPE = 0x01;

    private PathKey() {}

    static byte[] encode(List<? extends @Nullable Object> elements) {
        KeyBuilder key = new KeyBuilder();
        for (Object element : elements) {
            key.element(element);
        }
        return key.bytes();
    }

    /** The index of the element that follows {@code count} elements. */
    static int offset(byte[] key, int count) {
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (at >= key.length) {
                throw new IndexOutOfBoundsException(
                        "element " + count + " of a path of " + i + " (expected: at most that)");
            }
            at = skip(key, at);
        }
        return at;
    }

    /** Whether an element begins at an index, or the key ends there. */
    static boolean begins(byte[] key, int there) {
        int at = 0;
        while (at < there) {
            at = skip(key, at);
        }
        return at == there;
    }

    /** The number of elements of a key. */
    public static int count(byte[] key) {
        int count = 0;
        for (int at = 0; at < key.length; at = skip(key, at)) {
            count++;
        }
        return count;
    }

    /** The end of the element that begins at {@code at}. */
    public static int skip(byte[] key, int at) {
        int tag = key[at] & 0xFF;
        return switch (tag) {
            case NIL, FALSE, TRUE -> at + 1;
            case FLOAT -> at + 9;
            case TEXT, BYTES -> skipTerminated(key, at + 1);
            case NESTED -> skipNested(key, at + 1);
            case ZERO - BIG -> at + 3 + (~length(key, at) & 0xFFFF);
            case ZERO + BIG -> at + 3 + length(key, at);
            default -> at + 1 + Math.abs(tag - ZERO);
        };
    }

    /** The float that begins at {@code at}. */
    public static double doubleAt(byte[] key, int at) {
        long ordered = ByteBuffer.wrap(key, at + 1, 8).getLong();
        return Double.longBitsToDouble(ordered < 0 ? ordered ^ Long.MIN_VALUE : ~ordered);
    }

    /** The integer of up to eight bytes that begins at {@code at}, in two's complement. */
    public static long longAt(byte[] key, int at) {
        int length = (key[at] & 0xFF) - ZERO;
        int flip = length < 0 ? 0xFF : 0;
        long magnitude = 0;
        for (int i = 1; i <= Math.abs(length); i++) {
            magnitude = magnitude << 8 | ((key[at + i] ^ flip) & 0xFF);
        }
        return length < 0 ? -magnitude : magnitude;
    }

    private static int length(byte[] key, int at) {
        return ((key[at + 1] & 0xFF) << 8) | (key[at + 2] & 0xFF);
    }

    private static int skipTerminated(byte[] key, int at) {
        int next = at;
        while (key[next] != END) {
            next++;
        }
        return next + 1;
    }

    private static int skipNested(byte[] key, int at) {
        int next = at;
        for (int open = 1; open > 0; ) {
            switch (key[next]) {
                case END -> {
                    open--;
                    next++;
                }
                case NESTED -> {
                    open++;
                    next++;
                }
                default -> next = skip(key, next);
            }
        }
        return next;
    }

    static List<Object> decode(byte[] key) {
        List<Object> elements = new ArrayList<>();
        for (int at = 0; at < key.length; at = skip(key, at)) {
            elements.add(element(key, at));
        }
        return Collections.unmodifiableList(elements);
    }

    /** The element that begins at {@code at}. */
    public static Object element(byte[] key, int at) {
        int tag = key[at] & 0xFF;
        return switch (tag) {
            case NIL -> Nil.NIL;
            case FALSE -> false;
            case TRUE -> true;
            case FLOAT -> doubleAt(key, at);
            case TEXT -> new String(content(key, at), StandardCharsets.UTF_8);
            case BYTES -> new Bytes(content(key, at));
            case NESTED -> Path.ofTrustedKey(Arrays.copyOfRange(key, at + 1, skip(key, at) - 1));
            default -> integer(key, at, tag);
        };
    }

    private static Object integer(byte[] key, int at, int tag) {
        if (Math.abs(tag - ZERO) < 8) {
            return longAt(key, at);
        }
        int end = skip(key, at);
        int start = Math.abs(tag - ZERO) == BIG ? at + 3 : at + 1;
        byte[] magnitude = Arrays.copyOfRange(key, start, end);
        if (tag < ZERO) {
            for (int i = 0; i < magnitude.length; i++) {
                magnitude[i] = (byte) ~magnitude[i];
            }
        }
        BigInteger number = new BigInteger(tag < ZERO ? -1 : 1, magnitude);
        return number.bitLength() < Long.SIZE ? number.longValue() : number;
    }

    /** The bytes of the text or bytes element that begins at {@code at}. */
    public static byte[] content(byte[] key, int at) {
        byte[] content = Arrays.copyOfRange(key, at + 1, skipTerminated(key, at + 1) - 1);
        int size = 0;
        for (int i = 0; i < content.length; i++) {
            content[size++] = content[i] == ESCAPE ? (byte) (content[++i] - 1) : content[i];
        }
        return size == content.length ? content : Arrays.copyOf(content, size);
    }

    /** Refuses bytes that are not the result of {@link #encode}. */
    static void check(byte[] key) {
        try {
            if (!Arrays.equals(encode(decode(key)), key)) {
                throw new IllegalArgumentException("not a path's key: another encoding of " + Path.of(decode(key)));
            }
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("not a path's key: cut off after " + key.length + " bytes", e);
        }
    }
}
