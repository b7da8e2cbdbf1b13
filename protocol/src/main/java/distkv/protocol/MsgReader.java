package distkv.protocol;

import distkv.model.Value;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads MsgPack from a byte array, value by value, without creating objects: {@link #next} reads the head of a value, the
 * other methods return what it was. No length is trusted: what does not fit into the array is refused before anything is
 * allocated.
 */
public final class MsgReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    private boolean flag;
    private long number;
    private boolean unsigned;
    private double real;
    private int length;
    private int extType;
    /** The number of values for each element of the container just read. */
    private int containers;

    /** Reads {@code bytes} from index {@code from} up to, but not including, {@code to}. */
    public MsgReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    public static MsgReader of(Value value) {
        return new MsgReader(value.bytes(), 0, value.size());
    }

    /** The array it reads; to be used with {@link #position}. */
    public byte[] bytes() {
        return bytes;
    }

    /** The index of the next byte: after {@link #next}, where the content begins. */
    public int position() {
        return at;
    }

    /** Goes back to an earlier {@link #position}. */
    public void rewind(int position) {
        at = position;
    }

    /** The end of the value that begins at an index. */
    int end(int start) {
        at = start;
        skip();
        return at;
    }

    public boolean atEnd() {
        return at >= end;
    }

    /**
     * Reads the head of the next value. The content of text, bytes and extension values is then at {@link #position}
     * and must be skipped or read; the elements of arrays and maps follow.
     */
    public MsgType next() {
        need(1);
        int tag = bytes[at++] & 0xFF;
        if (tag < 0x80 || tag >= 0xE0) {
            return integer(tag < 0x80 ? tag : tag - 0x100);
        }
        return switch (tag) {
            case 0xC0 -> MsgType.NIL;
            case 0xC2, 0xC3 -> {
                flag = tag == 0xC3;
                yield MsgType.BOOLEAN;
            }
            case 0xC4, 0xC5, 0xC6 -> content(MsgType.BYTES, fixed(1 << (tag - 0xC4)));
            case 0xC7, 0xC8, 0xC9 -> ext(fixed(1 << (tag - 0xC7)));
            case 0xCA -> {
                real = Float.intBitsToFloat((int) fixed(4));
                yield MsgType.FLOAT;
            }
            case 0xCB -> {
                real = Double.longBitsToDouble(fixed(8));
                yield MsgType.FLOAT;
            }
            case 0xCC, 0xCD, 0xCE -> integer(fixed(1 << (tag - 0xCC)));
            case 0xCF -> {
                integer(fixed(8));
                unsigned = number < 0;
                yield MsgType.INTEGER;
            }
            case 0xD0 -> integer(fixed(1) << 56 >> 56);
            case 0xD1 -> integer(fixed(2) << 48 >> 48);
            case 0xD2 -> integer(fixed(4) << 32 >> 32);
            case 0xD3 -> integer(fixed(8));
            case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> ext(1L << (tag - 0xD4));
            case 0xD9, 0xDA, 0xDB -> content(MsgType.TEXT, fixed(1 << (tag - 0xD9)));
            case 0xDC, 0xDD -> container(MsgType.ARRAY, fixed(2 << (tag - 0xDC)), 1);
            case 0xDE, 0xDF -> container(MsgType.MAP, fixed(2 << (tag - 0xDE)), 2);
            case 0xC1 -> throw new ProtocolException("byte c1 (expected: MsgPack)");
            default -> {
                if (tag >= 0xA0) {
                    yield content(MsgType.TEXT, tag & 0x1F);
                }
                yield tag >= 0x90 ? container(MsgType.ARRAY, tag & 0x0F, 1) : container(MsgType.MAP, tag & 0x0F, 2);
            }
        };
    }

    /** The boolean just read. */
    public boolean flag() {
        return flag;
    }

    /** The integer just read, if {@link #fitsLong}; otherwise its 64 bits. */
    public long number() {
        return number;
    }

    /** Whether the integer just read is no more than 2^63 − 1. */
    public boolean fitsLong() {
        return !unsigned;
    }

    /** The integer just read. */
    public BigInteger bigNumber() {
        return unsigned ? new BigInteger(Long.toUnsignedString(number)) : BigInteger.valueOf(number);
    }

    /** The float just read; one of 32 bits is widened exactly. */
    public double real() {
        return real;
    }

    /** Bytes of text, bytes and extension values; elements of an array; pairs of a map. */
    public int length() {
        return length;
    }

    /** The type of the extension value just read. */
    public int extType() {
        return extType;
    }

    /** The number of values in the array or map whose head was just read. */
    long values() {
        return containers * (long) length;
    }

    /** Skips the content of the text, bytes or extension value whose head was just read. */
    public void skipContent() {
        at += length;
    }

    /** The content of the text whose head was just read; what is not UTF-8 becomes the replacement character. */
    public String text() {
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    /** Like {@link #text()}, but at most about {@code most} bytes of it. */
    public String text(int most) {
        boolean all = length <= most;
        String text = new String(bytes, at, all ? length : most, StandardCharsets.UTF_8);
        at += length;
        return all ? text : text + "…";
    }

    /** A copy of the content of the bytes or extension value whose head was just read. */
    public byte[] content() {
        byte[] content = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return content;
    }

    /** Reads the content of the extension value whose head was just read. */
    public MsgReader inner() {
        MsgReader inner = new MsgReader(bytes, at, at + length);
        at += length;
        return inner;
    }

    /** Skips the next value. */
    public void skip() {
        for (long left = 1; left > 0; left--) {
            switch (next()) {
                case TEXT, BYTES, EXT -> at += length;
                case ARRAY -> left += length;
                case MAP -> left += 2L * length;
                case NIL, BOOLEAN, INTEGER, FLOAT -> {}
            }
        }
    }

    /** Copies the next value as it is. */
    public Value slice() {
        int from = at;
        skip();
        return new Value(Arrays.copyOfRange(bytes, from, at));
    }

    private MsgType integer(long value) {
        number = value;
        unsigned = false;
        return MsgType.INTEGER;
    }

    private MsgType content(MsgType type, long size) {
        if (size > end - at) {
            throw new ProtocolException(
                    type + " of " + size + " bytes (expected: at most " + (end - at) + ", which is all that is left)");
        }
        length = (int) size;
        return type;
    }

    private MsgType ext(long size) {
        extType = (byte) fixed(1);
        return content(MsgType.EXT, size);
    }

    private MsgType container(MsgType type, long count, int each) {
        if (count * each > end - at) {
            throw new ProtocolException(
                    type + " of " + count + " in " + (end - at) + " bytes (expected: a byte or more for each value)");
        }
        length = (int) count;
        containers = each;
        return type;
    }

    /** Reads an unsigned integer of {@code size} bytes. */
    private long fixed(int size) {
        need(size);
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | (bytes[at++] & 0xFF);
        }
        return value;
    }

    private void need(int size) {
        if (size > end - at) {
            throw new ProtocolException("MsgPack cut off (expected: " + size + " more bytes)");
        }
    }
}
