package distkv.model;

import java.io.ByteArrayOutputStream;
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
 * nested paths. The tag of an integer tells its sign and length; text and bytes end with {@code 00} and write a zero
 * within as {@code 00 FF}; a nested path ends with {@code 00}. No tag is {@code 00} or {@code FF}, so a key that is a
 * prefix of another belongs to an ancestor, and keys sort as their elements do.
 */
public final class PathKey {
    /** The deepest nesting of paths within paths. */
    public static final int MAX_NESTING = 16;

    static final int NIL = 0x10;
    static final int FALSE = 0x11;
    static final int TRUE = 0x12;
    /** The integer 0. {@code ZERO + n} is a positive integer of n bytes, {@code ZERO - n} a negative one. */
    static final int ZERO = 0x38;
    /** Distance from {@link #ZERO} of integers that do not fit into 64 bits: two bytes of length follow the tag. */
    static final int BIG = 9;

    static final int FLOAT = 0x50;
    static final int TEXT = 0x60;
    static final int BYTES = 0x70;
    static final int NESTED = 0x78;
    static final int END = 0x00;
    static final int ZERO_ESCAPE = 0xFF;

    private PathKey() {}

    static byte[] encode(List<? extends @Nullable Object> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * elements.size());
        for (Object element : elements) {
            write(out, element, 0);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, @Nullable Object element, int nesting) {
        switch (element) {
            case null -> out.write(NIL);
            case Nil nil -> out.write(NIL);
            case Boolean flag -> out.write(flag ? TRUE : FALSE);
            case Long number -> writeLong(out, number);
            case Integer number -> writeLong(out, number);
            case Short number -> writeLong(out, number);
            case Byte number -> writeLong(out, number);
            case BigInteger number -> writeInteger(out, number);
            case Double number -> writeDouble(out, number);
            case Float number -> writeDouble(out, number);
            case String text -> writeTerminated(out, TEXT, text.getBytes(StandardCharsets.UTF_8));
            case Bytes bytes -> writeTerminated(out, BYTES, bytes.array());
            case Path path -> writeNested(out, path.elements(), nesting + 1);
            case List<?> list -> writeNested(out, list, nesting + 1);
            default ->
                throw new IllegalArgumentException("path element of type "
                        + element.getClass().getSimpleName()
                        + " (expected: text, integer, float, boolean, nil, bytes or a path)");
        }
    }

    /** Appends one integer element. */
    public static void writeLong(ByteArrayOutputStream out, long number) {
        // The magnitude of the smallest long is written as the unsigned 2^63, which its bits already are.
        long magnitude = number < 0 ? -number : number;
        int length = (Long.SIZE - Long.numberOfLeadingZeros(magnitude) + 7) / 8;
        out.write(number < 0 ? ZERO - length : ZERO + length);
        for (int i = length - 1; i >= 0; i--) {
            int octet = (int) (magnitude >>> (8 * i));
            out.write(number < 0 ? ~octet : octet);
        }
    }

    /** Appends one integer element of any size (up to 65,535 bytes). */
    public static void writeInteger(ByteArrayOutputStream out, BigInteger number) {
        boolean negative = number.signum() < 0;
        byte[] magnitude = number.abs().toByteArray();
        int start = magnitude[0] == 0 ? 1 : 0;
        int length = magnitude.length - start;
        if (length <= 8 && number.bitLength() < Long.SIZE) {
            writeLong(out, number.longValueExact());
            return;
        }
        if (length > 0xFFFF) {
            throw new IllegalArgumentException(
                    "path element: an integer of " + length + " bytes (expected: 65535 or fewer)");
        }
        int flip = negative ? 0xFF : 0;
        if (length <= 8) {
            out.write(negative ? ZERO - length : ZERO + length);
        } else {
            out.write(negative ? ZERO - BIG : ZERO + BIG);
            out.write((length >>> 8) ^ flip);
            out.write(length ^ flip);
        }
        for (int i = start; i < magnitude.length; i++) {
            out.write(magnitude[i] ^ flip);
        }
    }

    /** Appends one float element; every NaN is the same element. */
    public static void writeDouble(ByteArrayOutputStream out, double number) {
        long bits = Double.doubleToLongBits(number);
        long ordered = bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
        out.write(FLOAT);
        for (int i = 7; i >= 0; i--) {
            out.write((int) (ordered >>> (8 * i)));
        }
    }

    /** Appends one text element, given as UTF-8. */
    public static void writeText(ByteArrayOutputStream out, byte[] utf8) {
        writeTerminated(out, TEXT, utf8);
    }

    private static void writeTerminated(ByteArrayOutputStream out, int tag, byte[] content) {
        out.write(tag);
        for (byte octet : content) {
            out.write(octet);
            if (octet == END) {
                out.write(ZERO_ESCAPE);
            }
        }
        out.write(END);
    }

    private static void writeNested(ByteArrayOutputStream out, List<?> elements, int nesting) {
        if (nesting > MAX_NESTING) {
            throw new IllegalArgumentException("path nested more than " + MAX_NESTING + " deep");
        }
        out.write(NESTED);
        for (Object element : elements) {
            write(out, element, nesting);
        }
        out.write(END);
    }

    /** Where the element after {@code count} elements begins. */
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

    static int count(byte[] key) {
        int count = 0;
        for (int at = 0; at < key.length; at = skip(key, at)) {
            count++;
        }
        return count;
    }

    /** Where the element that begins at {@code at} ends. */
    public static int skip(byte[] key, int at) {
        int tag = key[at] & 0xFF;
        return switch (tag) {
            case NIL, FALSE, TRUE -> at + 1;
            case FLOAT -> at + 9;
            case TEXT, BYTES -> skipTerminated(key, at + 1);
            case NESTED -> {
                int next = at + 1;
                while (key[next] != END) {
                    next = skip(key, next);
                }
                yield next + 1;
            }
            case ZERO - BIG -> at + 3 + (~length(key, at) & 0xFFFF);
            case ZERO + BIG -> at + 3 + length(key, at);
            default -> at + 1 + Math.abs(tag - ZERO);
        };
    }

    private static int length(byte[] key, int at) {
        return ((key[at + 1] & 0xFF) << 8) | (key[at + 2] & 0xFF);
    }

    private static int skipTerminated(byte[] key, int at) {
        int next = at;
        while (true) {
            if (key[next] != END) {
                next++;
            } else if (next + 1 < key.length && (key[next + 1] & 0xFF) == ZERO_ESCAPE) {
                next += 2;
            } else {
                return next + 1;
            }
        }
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
            case FLOAT -> {
                long ordered = ByteBuffer.wrap(key, at + 1, 8).getLong();
                yield Double.longBitsToDouble(ordered < 0 ? ordered ^ Long.MIN_VALUE : ~ordered);
            }
            case TEXT -> new String(content(key, at), StandardCharsets.UTF_8);
            case BYTES -> new Bytes(content(key, at));
            case NESTED -> Path.ofTrustedKey(Arrays.copyOfRange(key, at + 1, skip(key, at) - 1));
            default -> integer(key, at, tag);
        };
    }

    private static Object integer(byte[] key, int at, int tag) {
        int end = skip(key, at);
        int start = Math.abs(tag - ZERO) == BIG ? at + 3 : at + 1;
        byte[] magnitude = Arrays.copyOfRange(key, start, end);
        if (tag < ZERO) {
            for (int i = 0; i < magnitude.length; i++) {
                magnitude[i] = (byte) ~magnitude[i];
            }
        }
        BigInteger number = new BigInteger(tag < ZERO ? -1 : magnitude.length == 0 ? 0 : 1, magnitude);
        return number.bitLength() < Long.SIZE ? number.longValue() : number;
    }

    private static byte[] content(byte[] key, int at) {
        int end = skipTerminated(key, at + 1) - 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - at);
        for (int i = at + 1; i < end; i++) {
            out.write(key[i]);
            if (key[i] == END) {
                i++;
            }
        }
        return out.toByteArray();
    }

    /** Refuses bytes that {@link #encode} cannot have made. */
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
