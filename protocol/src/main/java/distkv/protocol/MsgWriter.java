package distkv.protocol;

import distkv.model.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes MsgPack into a growing buffer, each value in its shortest form. A connection uses one for its whole life, and
 * {@linkplain #clear clears} it.
 */
public final class MsgWriter {
    private static final int INITIAL = 512;
    /** A larger buffer is freed as soon as it is empty. */
    private static final int KEEP = 256 * 1024;

    private byte[] buffer;
    private int size;

    public MsgWriter() {
        this(INITIAL);
    }

    /** A writer for usually at most this many bytes. */
    MsgWriter(int expected) {
        this.buffer = new byte[expected];
    }

    /** How many bytes are waiting in the buffer. */
    public int size() {
        return size;
    }

    /** Writes the buffer to a stream and clears it. */
    public void drainTo(OutputStream out) throws IOException {
        out.write(buffer, 0, size);
        clear();
    }

    /**
     * Writes a part of the buffer to a channel, without removing it.
     *
     * @param from the index of the first byte
     * @param most the most bytes to write
     * @return the number of bytes that the channel took
     */
    public int writeTo(WritableByteChannel channel, int from, int most) throws IOException {
        return channel.write(ByteBuffer.wrap(buffer, from, Math.min(most, size - from)));
    }

    public void clear() {
        truncate(0);
        if (buffer.length > KEEP) {
            buffer = new byte[INITIAL];
        }
    }

    /** How many bytes of memory it takes beyond a normal size. */
    public int extra() {
        return buffer.length <= KEEP ? 0 : buffer.length;
    }

    /** The buffer, filled up to {@link #size}; valid until the next write. */
    byte[] buffer() {
        return buffer;
    }

    /** Removes everything after the first {@code newSize} bytes. */
    public void truncate(int newSize) {
        size = newSize;
    }

    /** A copy of the content. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    public MsgWriter nil() {
        put(0xC0);
        return this;
    }

    public MsgWriter flag(boolean value) {
        put(value ? 0xC3 : 0xC2);
        return this;
    }

    public MsgWriter number(long value) {
        if (value >= -32 && value < 128) {
            put((int) value);
        } else if (value >= 0) {
            int log = value < 1L << 8 ? 0 : value < 1L << 16 ? 1 : value < 1L << 32 ? 2 : 3;
            tagged(0xCC + log, value, 1 << log);
        } else {
            int log = value >= Byte.MIN_VALUE ? 0 : value >= Short.MIN_VALUE ? 1 : value >= Integer.MIN_VALUE ? 2 : 3;
            tagged(0xD0 + log, value, 1 << log);
        }
        return this;
    }

    /**
     * Writes an integer; beyond 64 bits as extension type 2.
     *
     * @throws IllegalArgumentException if it is below −2^63, for which the protocol has no encoding
     */
    public MsgWriter number(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return number(value.longValueExact());
        }
        if (value.signum() < 0) {
            throw new IllegalArgumentException("integer " + value + " (expected: -2^63 or more)");
        }
        if (value.bitLength() == Long.SIZE) {
            tagged(0xCF, value.longValue(), 8);
            return this;
        }
        byte[] magnitude = value.toByteArray();
        int start = magnitude[0] == 0 ? 1 : 0;
        return extHead(ExtType.INTEGER, magnitude.length - start).raw(magnitude, start, magnitude.length);
    }

    /** Writes the 64 bits as an unsigned integer. */
    public MsgWriter unsigned(long bits) {
        if (bits >= 0) {
            return number(bits);
        }
        tagged(0xCF, bits, 8);
        return this;
    }

    public MsgWriter real(double value) {
        tagged(0xCB, Double.doubleToRawLongBits(value), 8);
        return this;
    }

    public MsgWriter text(String text) {
        int length = text.length();
        if (length < 32) {
            room(length + 1);
            int i = 0;
            while (i < length && text.charAt(i) < 0x80) {
                buffer[size + 1 + i] = (byte) text.charAt(i);
                i++;
            }
            if (i == length) {
                buffer[size] = (byte) (0xA0 | length);
                size += length + 1;
                return this;
            }
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return textHead(utf8.length).raw(utf8, 0, utf8.length);
    }

    public MsgWriter bytes(byte[] content) {
        return bytesHead(content.length).raw(content, 0, content.length);
    }

    public MsgWriter ext(int type, byte[] content) {
        return extHead(type, content.length).raw(content, 0, content.length);
    }

    /** The head of an array, which must be followed by this many values. */
    public MsgWriter array(int count) {
        return container(0x90, 0xDC, count);
    }

    /** The head of a map, which must be followed by this many pairs. */
    public MsgWriter map(int count) {
        return container(0x80, 0xDE, count);
    }

    /** The head of a text, which must be followed by this many bytes of UTF-8. */
    public MsgWriter textHead(int length) {
        if (length < 32) {
            put(0xA0 | length);
        } else {
            sized(0xD9, length);
        }
        return this;
    }

    /** The head of bytes, which must be followed by this many. */
    public MsgWriter bytesHead(int length) {
        sized(0xC4, length);
        return this;
    }

    /** The head of an extension value, which must be followed by this many bytes. */
    public MsgWriter extHead(int type, int length) {
        if (length <= 16 && Integer.bitCount(length) == 1) {
            put(0xD4 + Integer.numberOfTrailingZeros(length));
        } else {
            sized(0xC7, length);
        }
        put(type);
        return this;
    }

    /** Writes an encoded value. */
    public MsgWriter value(Value value) {
        return raw(value.bytes(), 0, value.size());
    }

    /** Writes bytes as they are. */
    public MsgWriter raw(byte[] bytes, int from, int to) {
        room(to - from);
        System.arraycopy(bytes, from, buffer, size, to - from);
        size += to - from;
        return this;
    }

    /** Writes one byte as it is. */
    public void put(int octet) {
        if (size == buffer.length) {
            room(1);
        }
        buffer[size++] = (byte) octet;
    }

    /** Overwrites an earlier byte, for heads whose count is known only later. */
    public void patch(int index, int octet) {
        buffer[index] = (byte) octet;
    }

    private MsgWriter container(int small, int large, int count) {
        if (count < 16) {
            put(small | count);
        } else if (count <= 0xFFFF) {
            tagged(large, count, 2);
        } else {
            tagged(large + 1, count, 4);
        }
        return this;
    }

    private void sized(int tag, int length) {
        int log = length < 1 << 8 ? 0 : length < 1 << 16 ? 1 : 2;
        tagged(tag + log, length, 1 << log);
    }

    private void tagged(int tag, long value, int length) {
        room(length + 1);
        buffer[size++] = (byte) tag;
        for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    private void room(int more) {
        if (more > buffer.length - size) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
        }
    }
}
