package distkv.model;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the key of one path element by element, without an object for each element. {@link PathKey} defines the encoding.
 */
public final class KeyBuilder {
    private byte[] key = new byte[64];
    private int size;
    private int nesting;

    /** The path of all elements added so far. */
    public Path path() {
        return Path.ofTrustedKey(Arrays.copyOf(key, size));
    }

    /** How many bytes the key has so far. */
    public int size() {
        return size;
    }

    byte[] bytes() {
        return Arrays.copyOf(key, size);
    }

    public void nil() {
        put(PathKey.NIL);
    }

    public void flag(boolean value) {
        put(value ? PathKey.TRUE : PathKey.FALSE);
    }

    public void number(long number) {
        // The magnitude of the smallest long is written as the unsigned 2^63, which its bits already are.
        long magnitude = number < 0 ? -number : number;
        int length = (Long.SIZE - Long.numberOfLeadingZeros(magnitude) + 7) / 8;
        put(number < 0 ? PathKey.ZERO - length : PathKey.ZERO + length);
        for (int i = length - 1; i >= 0; i--) {
            int octet = (int) (magnitude >>> (8 * i));
            put(number < 0 ? ~octet : octet);
        }
    }

    /** Adds an integer of up to 65,535 bytes. */
    public void number(BigInteger number) {
        if (number.bitLength() < Long.SIZE) {
            number(number.longValueExact());
            return;
        }
        boolean negative = number.signum() < 0;
        byte[] magnitude = number.abs().toByteArray();
        int start = magnitude[0] == 0 ? 1 : 0;
        int length = magnitude.length - start;
        if (length > 0xFFFF) {
            throw new IllegalArgumentException(
                    "path element: an integer of " + length + " bytes (expected: 65535 or fewer)");
        }
        int flip = negative ? 0xFF : 0;
        if (length <= 8) {
            put(negative ? PathKey.ZERO - length : PathKey.ZERO + length);
        } else {
            put(negative ? PathKey.ZERO - PathKey.BIG : PathKey.ZERO + PathKey.BIG);
            put((length >>> 8) ^ flip);
            put(length ^ flip);
        }
        for (int i = start; i < magnitude.length; i++) {
            put(magnitude[i] ^ flip);
        }
    }

    /** Adds a float; every NaN is the same element. */
    public void number(double number) {
        long bits = Double.doubleToLongBits(number);
        long ordered = bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
        put(PathKey.FLOAT);
        for (int i = 7; i >= 0; i--) {
            put((int) (ordered >>> (8 * i)));
        }
    }

    public void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        terminated(PathKey.TEXT, utf8, 0, utf8.length);
    }

    /**
     * Adds a text that is given in UTF-8.
     *
     * @throws IllegalArgumentException if they are not UTF-8
     */
    public void text(byte[] utf8, int from, int to) {
        if (terminated(PathKey.TEXT, utf8, from, to)) {
            try {
                var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8, from, to - from));
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("path element: text that is not UTF-8", e);
            }
        }
    }

    public void bytes(byte[] content, int from, int to) {
        terminated(PathKey.BYTES, content, from, to);
    }

    /** Begins a nested path, which {@link #endPath} ends. */
    public void beginPath() {
        if (++nesting > PathKey.MAX_NESTING) {
            throw new IllegalArgumentException("path nested more than " + PathKey.MAX_NESTING + " deep");
        }
        put(PathKey.NESTED);
    }

    public void endPath() {
        nesting--;
        put(PathKey.END);
    }

    /** Adds an element given as an object of one of the types listed in {@link Path}. */
    public void element(@Nullable Object element) {
        switch (element) {
            case null -> nil();
            case Nil _ -> nil();
            case Boolean flag -> flag(flag);
            case Long number -> number(number.longValue());
            case Integer number -> number(number.longValue());
            case Short number -> number(number.longValue());
            case Byte number -> number(number.longValue());
            case BigInteger number -> number(number);
            case Double number -> number(number.doubleValue());
            case Float number -> number(number.doubleValue());
            case String text -> text(text);
            case Bytes bytes -> bytes(bytes.array(), 0, bytes.array().length);
            case Path path -> nested(path.elements());
            case List<?> list -> nested(list);
            default ->
                throw new IllegalArgumentException("path element of type "
                        + element.getClass().getSimpleName()
                        + " (expected: text, integer, float, boolean, nil, bytes or a path)");
        }
    }

    private void nested(List<?> elements) {
        beginPath();
        elements.forEach(this::element);
        endPath();
    }

    /** Adds a terminated element; returns whether any byte is above 127. */
    private boolean terminated(int tag, byte[] content, int from, int to) {
        room(to - from + 2);
        put(tag);
        int seen = 0;
        for (int i = from; i < to; i++) {
            byte octet = content[i];
            seen |= octet;
            if (octet == 0 || octet == 1) {
                put(PathKey.ESCAPE);
                put(octet + 1);
            } else {
                put(octet);
            }
        }
        put(PathKey.END);
        return seen < 0;
    }

    private void put(int octet) {
        if (size == key.length) {
            room(1);
        }
        key[size++] = (byte) octet;
    }

    private void room(int more) {
        if (size + more > key.length) {
            key = Arrays.copyOf(key, Math.max(2 * key.length, size + more));
        }
    }
}
