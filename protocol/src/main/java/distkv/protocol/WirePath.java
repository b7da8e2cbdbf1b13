package distkv.protocol;

import distkv.model.KeyBuilder;
import distkv.model.Path;
import distkv.model.PathKey;
import java.math.BigInteger;

/** Converts between paths in MsgPack and their keys, without an object for each element. */
public final class WirePath {
    /** The most elements of a path. */
    public static final int MAX_ELEMENTS = 255;

    /** The most bytes of a path's key. */
    public static final int MAX_SIZE = 32 * 1024;

    private WirePath() {}

    /**
     * Reads a path: an array, or extension type 3 or 6 (whose mark is dropped).
     *
     * @throws ProtocolException if it is not a path
     */
    public static Path read(MsgReader in) {
        KeyBuilder key = new KeyBuilder();
        try {
            MsgType type = in.next();
            switch (type) {
                case ARRAY -> elements(in, in.length(), key);
                case EXT -> {
                    if (!isPath(in.extType())) {
                        throw new ProtocolException(
                                "extension type " + in.extType() + " (expected: an array or a path)");
                    }
                    extElements(in, key);
                }
                default -> throw new ProtocolException(type + " (expected: an array or a path)");
            }
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()));
        }
        return key.path();
    }

    /** Refuses a path that is too long while it is being read; {@code elements} includes those of nested paths. */
    private static void check(KeyBuilder key, int elements) {
        if (elements > MAX_ELEMENTS) {
            throw new ProtocolException(
                    "path of " + elements + " elements or more (expected: at most " + MAX_ELEMENTS + ")");
        }
        if (key.size() > MAX_SIZE) {
            throw new ProtocolException(
                    "path of " + key.size() + " bytes or more (expected: at most " + MAX_SIZE + ")");
        }
    }

    private static boolean isPath(int extType) {
        return extType == ExtType.PATH || extType == ExtType.MARKED_PATH;
    }

    private static void extElements(MsgReader in, KeyBuilder key) {
        boolean marked = in.extType() == ExtType.MARKED_PATH;
        MsgReader inner = in.inner();
        if (marked) {
            inner.skip();
        }
        for (int i = 1; !inner.atEnd(); i++) {
            element(inner, key);
            check(key, i);
        }
    }

    private static void elements(MsgReader in, int count, KeyBuilder key) {
        check(key, count);
        for (int i = 0; i < count; i++) {
            element(in, key);
            check(key, i);
        }
    }

    private static void element(MsgReader in, KeyBuilder key) {
        MsgType type = in.next();
        switch (type) {
            case NIL -> key.nil();
            case BOOLEAN -> key.flag(in.flag());
            case INTEGER -> {
                if (in.fitsLong()) {
                    key.number(in.number());
                } else {
                    key.number(in.bigNumber());
                }
            }
            case FLOAT -> key.number(in.real());
            case TEXT -> {
                key.text(in.bytes(), in.position(), in.position() + in.length());
                in.skipContent();
            }
            case BYTES -> {
                key.bytes(in.bytes(), in.position(), in.position() + in.length());
                in.skipContent();
            }
            case ARRAY -> {
                key.beginPath();
                elements(in, in.length(), key);
                key.endPath();
            }
            case EXT -> extElement(in, key);
            case MAP ->
                throw new ProtocolException(
                        "a map in a path (expected: text, integer, float, boolean, nil, bytes or a path)");
        }
    }

    private static void extElement(MsgReader in, KeyBuilder key) {
        if (isPath(in.extType())) {
            key.beginPath();
            extElements(in, key);
            key.endPath();
        } else if (in.extType() == ExtType.INTEGER) {
            key.number(new BigInteger(1, in.bytes(), in.position(), in.length()));
            in.skipContent();
        } else {
            throw new ProtocolException("extension type " + in.extType()
                    + " in a path (expected: text, integer, float, boolean, nil, bytes or a path)");
        }
    }

    /** Writes a path as an array. */
    public static void write(MsgWriter out, Path path) {
        byte[] key = path.key();
        out.array(PathKey.count(key));
        writeElements(out, key, 0, key.length);
    }

    /** Writes a path as extension type 3. */
    public static void writeExt(MsgWriter out, Path path) {
        MsgWriter inner = new MsgWriter();
        writeElements(inner, path.key(), 0, path.key().length);
        out.ext(ExtType.PATH, inner.toByteArray());
    }

    private static void writeElements(MsgWriter out, byte[] key, int from, int to) {
        for (int at = from; at < to; ) {
            int next = PathKey.skip(key, at);
            writeElement(out, key, at, next);
            at = next;
        }
    }

    private static void writeElement(MsgWriter out, byte[] key, int at, int next) {
        int tag = key[at] & 0xFF;
        switch (tag) {
            case PathKey.NIL -> out.nil();
            case PathKey.FALSE, PathKey.TRUE -> out.flag(tag == PathKey.TRUE);
            case PathKey.FLOAT -> out.real(PathKey.doubleAt(key, at));
            case PathKey.TEXT -> {
                int length = contentLength(key, at + 1, next - 1);
                writeContent(out.textHead(length), key, at, next, length);
            }
            case PathKey.BYTES -> {
                int length = contentLength(key, at + 1, next - 1);
                writeContent(out.bytesHead(length), key, at, next, length);
            }
            case PathKey.NESTED -> {
                int count = 0;
                for (int i = at + 1; i < next - 1; i = PathKey.skip(key, i)) {
                    count++;
                }
                out.array(count);
                writeElements(out, key, at + 1, next - 1);
            }
            default -> writeInteger(out, key, at, tag);
        }
    }

    private static void writeInteger(MsgWriter out, byte[] key, int at, int tag) {
        if (tag == PathKey.ZERO + 8) {
            out.unsigned(PathKey.longAt(key, at));
        } else if (Math.abs(tag - PathKey.ZERO) < 8) {
            out.number(PathKey.longAt(key, at));
        } else if (PathKey.element(key, at) instanceof BigInteger number) {
            out.number(number);
        } else {
            out.number(PathKey.longAt(key, at));
        }
    }

    private static int contentLength(byte[] key, int from, int to) {
        int length = to - from;
        for (int i = from; i < to; i++) {
            if (key[i] == PathKey.ESCAPE) {
                length--;
                i++;
            }
        }
        return length;
    }

    private static void writeContent(MsgWriter out, byte[] key, int at, int next, int length) {
        if (length == next - at - 2) {
            out.raw(key, at + 1, next - 1);
        } else {
            out.raw(PathKey.content(key, at), 0, length);
        }
    }
}
