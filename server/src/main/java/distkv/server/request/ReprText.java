package distkv.server.request;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Ext;
import distkv.protocol.ExtType;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import java.util.HexFormat;

/**
 * Objects as Python's {@code repr} prints them, for the error texts that the original's clients know. People read these,
 * so long ones are cut; what is cut off is never decoded, so a large value costs no more than a small one.
 */
final class ReprText {
    /** The most characters of a text. */
    private static final int MAX = 200;

    /** Numbers of more bytes have more digits than {@link #MAX}. */
    private static final int MAX_NUMBER = 83;

    private final StringBuilder out = new StringBuilder();

    private ReprText() {}

    static String of(Value value) {
        ReprText text = new ReprText();
        try {
            text.value(MsgReader.of(value));
        } catch (ProtocolException e) {
            return value.toString();
        }
        return cut(text.out.toString());
    }

    static String of(String text) {
        return quoted(text);
    }

    static String of(Path path) {
        return "P(" + quoted(path.brief()) + ")";
    }

    /** A text, or the beginning of a long one. */
    static String cut(String text) {
        return text.length() <= MAX ? text : text.substring(0, MAX) + "…";
    }

    private boolean isFull() {
        return out.length() > MAX;
    }

    /** Writes the next value, or the beginning of it. */
    private void value(MsgReader in) {
        MsgType type = in.next();
        switch (type) {
            case NIL -> out.append("None");
            case BOOLEAN -> out.append(in.flag() ? "True" : "False");
            case INTEGER -> out.append(in.fitsLong() ? in.number() : in.bigNumber());
            case FLOAT -> out.append(in.real());
            case TEXT -> out.append(quoted(in.text(MAX)));
            case BYTES -> {
                int length = Math.min(in.length(), MAX);
                out.append("b")
                        .append(quoted(HexFormat.of().formatHex(in.bytes(), in.position(), in.position() + length)));
                in.skipContent();
            }
            case EXT -> ext(in);
            case ARRAY -> values(in, in.length(), '[', ']');
            case MAP -> pairs(in, in.length());
        }
    }

    private void values(MsgReader in, int count, char open, char close) {
        out.append(open);
        for (int i = 0; i < count && !isFull(); i++) {
            out.append(i == 0 ? "" : ", ");
            value(in);
        }
        out.append(close);
    }

    private void pairs(MsgReader in, int count) {
        out.append('{');
        for (int i = 0; i < count && !isFull(); i++) {
            out.append(i == 0 ? "" : ", ");
            value(in);
            out.append(": ");
            value(in);
        }
        out.append('}');
    }

    private void ext(MsgReader in) {
        int type = in.extType();
        int length = in.length();
        if (length > (type == ExtType.INTEGER ? MAX_NUMBER : MAX)) {
            out.append(type == ExtType.INTEGER ? "<integer of " : "<extension type " + type + " of ")
                    .append(length)
                    .append(" bytes>");
            in.skipContent();
            return;
        }
        Object object = Values.decode(Values.encode(new Ext(type, in.content())));
        out.append(
                switch (object) {
                    case Path path -> of(path);
                    case Ext ext -> "ExtType(code=" + ext.type() + ", data=b'" + new Bytes(ext.bytes()) + "')";
                    case null, default -> String.valueOf(object);
                });
    }

    /** In single quotes, or in double ones if that saves escapes. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == quote) {
                        quoted.append('\\');
                    }
                    quoted.append(c);
                }
            }
        }
        return quoted.append(quote).toString();
    }
}
