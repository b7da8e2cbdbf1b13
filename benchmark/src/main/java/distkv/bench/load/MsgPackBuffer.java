package distkv.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of MsgPack, written by hand so that the load generator costs next to nothing and shares no code with
 * what it measures.
 */
public final class MsgPackBuffer {
    private byte[] bytes = new byte[4096];
    private int length;

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public MsgPackBuffer clear() {
        length = 0;
        return this;
    }

    /** Forgets the first {@code count} bytes, which have been sent. */
    public void drop(int count) {
        System.arraycopy(bytes, count, bytes, 0, length - count);
        length -= count;
    }

    public MsgPackBuffer map(int pairs) {
        return put(0x80 | pairs);
    }

    public MsgPackBuffer array(int elements) {
        return put(0x90 | elements);
    }

    public MsgPackBuffer bool(boolean value) {
        return put(value ? 0xc3 : 0xc2);
    }

    /** An unsigned number below 2^32, always in five bytes. */
    public MsgPackBuffer number(long value) {
        put(0xce);
        return put((int) (value >>> 24))
                .put((int) (value >>> 16))
                .put((int) (value >>> 8))
                .put((int) value);
    }

    public MsgPackBuffer text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Text of at most 255 bytes. */
    public MsgPackBuffer text(byte[] utf8) {
        if (utf8.length < 32) {
            put(0xa0 | utf8.length);
        } else {
            put(0xd9).put(utf8.length);
        }
        return raw(utf8);
    }

    /** A letter and {@code digits} decimal digits as one text. */
    public MsgPackBuffer label(char letter, int value, int digits) {
        return put(0xa0 | (digits + 1)).put(letter).digits(value, digits);
    }

    /** This many decimal digits, and nothing else. */
    public MsgPackBuffer digits(int value, int digits) {
        room(digits);
        int rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    public MsgPackBuffer raw(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    private MsgPackBuffer put(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
