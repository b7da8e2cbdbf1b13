package distkv.model;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * Paths as people write them, in the notation of the original.
 *
 * <p>A text element is written as it is, with {@code :.} for a dot, {@code ::} for a colon and {@code :_} for a space, and
 * preceded by a dot unless it is the first element. Every other element begins with a colon and needs no dot:
 *
 * <pre>
 * :t :f :n   true, false, nil              :xFF :b101   integers
 * :e         the empty text                :vabc        bytes, in ASCII
 * :42 :'a'   a literal                     :y00ff       bytes, in hexadecimal
 * :'a','b'   a path within the path        :sAP8=       bytes, in base 64 (only read)
 * :iEXPR     a literal beginning with a letter (inf, nan, True, b'…')
 * </pre>
 *
 * A dot ends an element, even within a literal: the float −1.5 is {@code :-1:.5}. A mark ({@code :mWORD}) is skipped. The
 * path without elements is a single colon.
 */
final class PathText {
    private PathText() {}

    static Path parse(String text) {
        return new PathParser(text).path();
    }

    static String print(Path path) {
        if (path.isRoot()) {
            return ":";
        }
        StringBuilder out = new StringBuilder();
        for (Object element : path.elements()) {
            print(out, element);
        }
        return out.toString();
    }

    private static void print(StringBuilder out, Object element) {
        switch (element) {
            case String text when text.isEmpty() -> out.append(":e");
            case String text -> out.append(out.isEmpty() ? "" : ".").append(escape(text));
            case Boolean flag -> out.append(flag ? ":t" : ":f");
            case Nil _ -> out.append(":n");
            case Bytes bytes -> print(out, bytes);
            case Path nested -> literal(out, PathLiteral.printOpen(nested));
            case Long number -> out.append(':').append(number.longValue());
            case BigInteger number -> out.append(':').append(number);
            case Double number -> literal(out, PathLiteral.print(number));
            default -> throw new IllegalStateException("element " + element);
        }
    }

    private static void literal(StringBuilder out, String literal) {
        out.append(Character.isLowerCase(literal.charAt(0)) ? ":i" : ":").append(escape(literal));
    }

    private static void print(StringBuilder out, Bytes bytes) {
        for (byte octet : bytes.array()) {
            if (octet < 0x20 || octet > 0x7E) {
                out.append(":y").append(HexFormat.of().formatHex(bytes.array()));
                return;
            }
        }
        out.append(":v").append(escape(PathLiteral.ascii(bytes)));
    }

    private static String escape(String text) {
        return text.replace(":", "::").replace(".", ":.").replace(" ", ":_");
    }
}
