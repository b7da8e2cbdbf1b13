package distkv.protocol;

import distkv.model.Value;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The one encoding that all encodings of the same value share: shortest integers, 64-bit floats, sorted maps. */
final class CanonicalForm {
    private CanonicalForm() {}

    static byte[] of(Value value) {
        MsgWriter out = new MsgWriter();
        copy(MsgReader.of(value), out, 0);
        return out.toByteArray();
    }

    private static void copy(MsgReader in, MsgWriter out, int depth) {
        if (depth > Values.MAX_DEPTH) {
            throw new ProtocolException("value nested more than " + Values.MAX_DEPTH + " deep");
        }
        switch (in.next()) {
            case NIL -> out.nil();
            case BOOLEAN -> out.flag(in.flag());
            case INTEGER -> {
                if (in.fitsLong()) {
                    out.number(in.number());
                } else {
                    out.unsigned(in.number());
                }
            }
            case FLOAT -> out.real(Double.isNaN(in.real()) ? Double.NaN : in.real());
            case TEXT -> content(in, out.textHead(in.length()));
            case BYTES -> content(in, out.bytesHead(in.length()));
            case ARRAY -> {
                int count = in.length();
                out.array(count);
                for (int i = 0; i < count; i++) {
                    copy(in, out, depth + 1);
                }
            }
            case MAP -> map(in, out, depth);
            case EXT -> ext(in, out, depth);
        }
    }

    private static void content(MsgReader in, MsgWriter out) {
        out.raw(in.bytes(), in.position(), in.position() + in.length());
        in.skipContent();
    }

    private static void map(MsgReader in, MsgWriter out, int depth) {
        int count = in.length();
        Map<byte[], byte[]> pairs = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < count; i++) {
            byte[] key = next(in, depth);
            pairs.put(key, next(in, depth));
        }
        out.map(pairs.size());
        pairs.forEach((key, value) -> out.raw(key, 0, key.length).raw(value, 0, value.length));
    }

    private static byte[] next(MsgReader in, int depth) {
        MsgWriter part = new MsgWriter();
        copy(in, part, depth + 1);
        return part.toByteArray();
    }

    private static void ext(MsgReader in, MsgWriter out, int depth) {
        int type = in.extType();
        if (type == ExtType.INTEGER) {
            out.number(new BigInteger(1, in.bytes(), in.position(), in.length()));
            in.skipContent();
            return;
        }
        byte[] content = in.content();
        out.ext(type, type == ExtType.PATH ? elements(content, depth) : content);
    }

    private static byte[] elements(byte[] content, int depth) {
        try {
            MsgReader in = new MsgReader(content, 0, content.length);
            MsgWriter out = new MsgWriter();
            while (!in.atEnd()) {
                copy(in, out, depth + 1);
            }
            return out.toByteArray();
        } catch (ProtocolException e) {
            // As in Values: what only looks like a path is compared as bytes.
            return content;
        }
    }
}
