package distkv.protocol;

import distkv.model.Bytes;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Converts between values and Java objects. */
public final class Values {
    /** The deepest nesting that is decoded; frames are refused long before that. */
    static final int MAX_DEPTH = 1024;

    /** The initial buffer; most values are smaller. */
    private static final int EXPECTED = 128;

    /** MsgPack's nil, a value like any other. */
    public static final Value NIL = new Value(new byte[] {(byte) 0xC0});
    /** The value that stands for no value; setting it deletes the entry. */
    public static final Value NOT_GIVEN = encode(new Ext(ExtType.NAMED, new byte[] {'_'}));

    private Values() {}

    /**
     * The value of an object: null, boolean, any integer or float, text, {@code byte[]}, list, map, path, {@link Ext},
     * or a {@link Value}, which stands for itself.
     *
     * @throws IllegalArgumentException if it is, or contains, anything else
     */
    public static Value encode(@Nullable Object object) {
        MsgWriter out = new MsgWriter(EXPECTED);
        write(out, object);
        return new Value(out.toByteArray());
    }

    /** Writes an object like {@link #encode}. */
    public static void write(MsgWriter out, @Nullable Object object) {
        switch (object) {
            case null -> out.nil();
            case Nil _ -> out.nil();
            case Boolean flag -> out.flag(flag);
            case Long number -> out.number(number.longValue());
            case Integer number -> out.number(number.longValue());
            case Short number -> out.number(number.longValue());
            case Byte number -> out.number(number.longValue());
            case BigInteger number -> out.number(number);
            case Double number -> out.real(number);
            case Float number -> out.real(number);
            case CharSequence text -> out.text(text.toString());
            case byte[] bytes -> out.bytes(bytes);
            case Bytes bytes -> out.bytes(bytes.array());
            case Path path -> WirePath.writeExt(out, path);
            case Ext ext -> out.ext(ext.type(), ext.bytes());
            case Value value -> out.value(value);
            case List<?> list -> {
                out.array(list.size());
                list.forEach(element -> write(out, element));
            }
            case Map<?, ?> map -> {
                out.map(map.size());
                map.forEach((key, value) -> {
                    write(out, key);
                    write(out, value);
                });
            }
            default ->
                throw new IllegalArgumentException("value of type "
                        + object.getClass().getName()
                        + " (expected: null, boolean, integer, float, text, bytes, list, map or path)");
        }
    }

    /**
     * The object of a value: {@code null}, {@link Boolean}, {@link Long} (beyond 64 bits {@link BigInteger}),
     * {@link Double}, {@link String}, {@code byte[]} (as a map's key {@link Bytes}), {@link List},
     * {@link LinkedHashMap}, {@link Path}, {@link Ext}.
     *
     * @throws ProtocolException if it is not one MsgPack value, or has a map whose keys were chosen to share one hash
     */
    public static @Nullable Object decode(Value value) {
        MsgReader in = MsgReader.of(value);
        Object object = read(in, 0);
        if (!in.atEnd()) {
            throw new ProtocolException("more bytes after a value (expected: none)");
        }
        return object;
    }

    private static @Nullable Object read(MsgReader in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new ProtocolException("value nested more than " + MAX_DEPTH + " deep");
        }
        return switch (in.next()) {
            case NIL -> null;
            case BOOLEAN -> in.flag();
            case INTEGER -> in.fitsLong() ? (Object) in.number() : in.bigNumber();
            case FLOAT -> in.real();
            case TEXT -> in.text();
            case BYTES -> in.content();
            case ARRAY -> {
                int count = in.length();
                List<@Nullable Object> list = new ArrayList<>(Math.min(count, 1024));
                for (int i = 0; i < count; i++) {
                    list.add(read(in, depth + 1));
                }
                yield list;
            }
            case MAP -> {
                int count = in.length();
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                HashCounter hashes = new HashCounter();
                for (int i = 0; i < count; i++) {
                    Object read = read(in, depth + 1);
                    Object key = read instanceof byte[] bytes ? new Bytes(bytes) : read;
                    hashes.add(Objects.hashCode(key));
                    map.put(key, read(in, depth + 1));
                }
                yield map;
            }
            case EXT -> ext(in.extType(), in.content());
        };
    }

    private static Object ext(int type, byte[] content) {
        if (type == ExtType.INTEGER) {
            BigInteger number = new BigInteger(1, content);
            return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
        }
        Ext ext = new Ext(type, content);
        if (type != ExtType.PATH) {
            return ext;
        }
        try {
            return WirePath.read(MsgReader.of(encode(ext)));
        } catch (ProtocolException e) {
            // Values are opaque, so an invalid path is not an error here.
            return ext;
        }
    }

    /**
     * Whether these bytes are one MsgPack value, not nested deeper than {@code maxDepth}. The content of extension values is
     * not checked.
     */
    public static boolean isSound(Value value, int maxDepth) {
        MsgReader in = MsgReader.of(value);
        // The number of missing values in each open container; the first stands for the whole.
        long[] missing = new long[maxDepth + 1];
        missing[0] = 1;
        int depth = 0;
        try {
            while (true) {
                while (missing[depth] == 0) {
                    if (depth-- == 0) {
                        return in.atEnd();
                    }
                }
                missing[depth]--;
                switch (in.next()) {
                    case TEXT, BYTES, EXT -> in.skipContent();
                    case ARRAY, MAP -> {
                        if (depth == maxDepth) {
                            return false;
                        }
                        missing[++depth] = in.values();
                    }
                    case NIL, BOOLEAN, INTEGER, FLOAT -> {}
                }
            }
        } catch (ProtocolException e) {
            return false;
        }
    }

    /**
     * Whether two values are the same in meaning and type: the order of a map's pairs and the width of a number do not
     * matter, integers differ from floats, and every NaN is the same.
     */
    public static boolean same(Value a, Value b) {
        return a.equals(b) || CanonicalForm.same(a, b);
    }
}
