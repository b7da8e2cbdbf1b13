package distkv.protocol.codec;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Frame;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import distkv.protocol.Seq;
import distkv.protocol.WirePath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one MsgPack map by its known keys: finds them in one pass, and decodes a value only when it is asked for. The last
 * of several equal keys counts. Errors name the key, the value and what was expected.
 */
final class MapReader {
    private static final int COUNT = Key.values().length;

    private final byte[] bytes;
    private final int end;
    /** The index of the value of each key; 0, which is never the index of a value, if the key is missing. */
    private final int[] at = new int[COUNT];

    private MapReader(byte[] bytes, int end) {
        this.bytes = bytes;
        this.end = end;
    }

    static MapReader of(Frame frame) {
        return of(frame.reader(), frame.to());
    }

    /** Reads the next map, which ends before {@code end}. */
    static MapReader of(MsgReader in, int end) {
        MsgType type = in.next();
        if (type != MsgType.MAP) {
            throw new ProtocolException(type + " (expected: a map)");
        }
        MapReader fields = new MapReader(in.bytes(), end);
        int count = in.length();
        for (int i = 0; i < count; i++) {
            Key key = key(in);
            if (key != null) {
                fields.at[key.slot()] = in.position();
            }
            in.skip();
        }
        return fields;
    }

    private static @Nullable Key key(MsgReader in) {
        int start = in.position();
        if (in.next() == MsgType.TEXT) {
            Key key = Key.of(in.bytes(), in.position(), in.length());
            in.skipContent();
            return key;
        }
        in.rewind(start);
        in.skip();
        return null;
    }

    boolean has(Key key) {
        return at[key.slot()] != 0;
    }

    /** Whether the value of the key is nil. */
    boolean isNil(Key key) {
        return has(key) && in(key).next() == MsgType.NIL;
    }

    /** The encoded value; {@code null} if the key is missing. */
    @Nullable
    Value value(Key key) {
        return has(key) ? in(key).slice() : null;
    }

    Path path(Key key) {
        MsgReader in = in(require(key, "an array or a path"));
        try {
            return WirePath.read(in);
        } catch (ProtocolException e) {
            throw new ProtocolException(key + ": " + e.getMessage());
        }
    }

    Seq seq(Key key) {
        MsgReader in = in(require(key, "a positive integer"));
        try {
            return Seq.read(in);
        } catch (ProtocolException e) {
            throw new ProtocolException(key + ": " + e.getMessage());
        }
    }

    /** A missing key and nil, which some clients send, are false. */
    boolean flag(Key key) {
        if (!has(key)) {
            return false;
        }
        MsgReader in = in(key);
        return switch (in.next()) {
            case NIL -> false;
            case BOOLEAN -> in.flag();
            case INTEGER -> in.number() != 0;
            default -> throw wrong(key, "true or false");
        };
    }

    long number(Key key) {
        MsgReader in = in(require(key, "an integer"));
        MsgType type = in.next();
        if (type == MsgType.BOOLEAN) {
            return in.flag() ? 1 : 0;
        }
        if (type != MsgType.INTEGER || !in.fitsLong()) {
            throw wrong(key, "an integer");
        }
        return in.number();
    }

    long number(Key key, long otherwise) {
        return !has(key) || isNil(key) ? otherwise : number(key);
    }

    double real(Key key) {
        MsgReader in = in(require(key, "a number"));
        return switch (in.next()) {
            case INTEGER -> in.bigNumber().doubleValue();
            case FLOAT -> in.real();
            default -> throw wrong(key, "a number");
        };
    }

    String text(Key key) {
        MsgReader in = in(require(key, "text"));
        if (in.next() != MsgType.TEXT) {
            throw wrong(key, "text");
        }
        return in.text();
    }

    @Nullable
    String textOrNull(Key key) {
        return !has(key) || isNil(key) ? null : text(key);
    }

    @Nullable
    Bytes bytesOrNull(Key key) {
        if (!has(key) || isNil(key)) {
            return null;
        }
        MsgReader in = in(key);
        if (in.next() != MsgType.BYTES) {
            throw wrong(key, "bytes");
        }
        return new Bytes(in.content());
    }

    /** Reads the elements of an array, at most {@code most}; a missing key and nil are an empty array. */
    <T> List<T> list(Key key, String expected, int most, Function<MsgReader, T> element) {
        List<T> list = new ArrayList<>();
        if (!has(key) || isNil(key)) {
            return list;
        }
        MsgReader in = in(key);
        if (in.next() != MsgType.ARRAY) {
            throw wrong(key, expected);
        }
        int count = in.length();
        if (count > most) {
            throw new ProtocolException(key + ": " + count + " elements (expected: at most " + most + ")");
        }
        for (int i = 0; i < count; i++) {
            try {
                list.add(element.apply(in));
            } catch (ProtocolException e) {
                throw new ProtocolException(key + ", element " + (i + 1) + ": " + e.getMessage());
            }
        }
        return list;
    }

    /** The value as a map. */
    MapReader map(Key key, String expected) {
        MsgReader in = in(require(key, expected));
        if (in.next() != MsgType.MAP) {
            throw wrong(key, expected);
        }
        return of(in(key), end);
    }

    MsgReader in(Key key) {
        return new MsgReader(bytes, at[key.slot()], end);
    }

    ProtocolException wrong(Key key, String expected) {
        return new ProtocolException(key + ": " + describe(in(key)) + " (expected: " + expected + ")");
    }

    private Key require(Key key, String expected) {
        if (!has(key)) {
            throw new ProtocolException(key + ": missing (expected: " + expected + ")");
        }
        return key;
    }

    private static String describe(MsgReader in) {
        MsgType type = in.next();
        return switch (type) {
            case BOOLEAN -> String.valueOf(in.flag());
            case INTEGER -> String.valueOf(in.bigNumber());
            case FLOAT -> String.valueOf(in.real());
            case TEXT -> in.length() <= 60 ? "'" + in.text() + "'" : "a long text";
            default -> type.toString();
        };
    }
}
