package distkv.cli;

import distkv.model.Bytes;
import distkv.model.Nil;
import distkv.model.Path;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** YAML values that fit in a line, quoted where a reader would take them for something else. */
final class YamlScalar {
    private static final int MAX_HEX = 32;

    /** Texts that YAML 1.1 or 1.2 reads as something else than text. */
    private static final Pattern NOT_TEXT = Pattern.compile("~|=|<<"
            + "|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
            + "|[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
            + "|[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?"
            + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?"
            + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
            + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");

    private YamlScalar() {}

    /** Whether a text is best read as a block of its own lines. */
    static boolean isBlock(String text) {
        return text.indexOf('\n') >= 0 && !text.isBlank() && text.codePoints().allMatch(c -> c == '\n' || isPlain(c));
    }

    static String key(@Nullable Object key) {
        return line(key);
    }

    static String line(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Nil nil -> "null";
            case String text -> text(text);
            case Double number -> number(number);
            case Path path -> "!P " + tagged(path.toString());
            case byte[] bytes -> bytes(bytes);
            case Bytes bytes -> bytes(bytes.array());
            case List<?> list -> list.stream().map(YamlScalar::flow).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> flow(entry.getKey()) + ": " + flow(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    private static String flow(@Nullable Object value) {
        return value instanceof String text ? doubleQuoted(text) : line(value);
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? ".nan"
                : Double.isInfinite(number) ? (number > 0 ? ".inf" : "-.inf") : PythonText.number(number);
    }

    private static String bytes(byte[] bytes) {
        try {
            return "!bin "
                    + tagged(StandardCharsets.US_ASCII
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            return bytes.length <= MAX_HEX
                    ? "!hex " + HexFormat.ofDelimiter(":").formatHex(bytes)
                    : "!!binary " + Base64.getEncoder().encodeToString(bytes);
        }
    }

    private static String text(String text) {
        return NOT_TEXT.matcher(text).matches() ? "'" + text + "'" : tagged(text);
    }

    /** A text that need not be protected against being read as a number. */
    private static String tagged(String text) {
        if (text.codePoints().allMatch(YamlScalar::isPlain)) {
            return fitsUnquoted(text) ? text : "'" + text.replace("'", "''") + "'";
        }
        return doubleQuoted(text);
    }

    private static boolean fitsUnquoted(String text) {
        if (text.isEmpty()
                || text.startsWith(" ")
                || text.endsWith(" ")
                || text.endsWith(":")
                || text.indexOf('\t') >= 0) {
            return false;
        }
        char first = text.charAt(0);
        boolean dashed = first == '-' || first == '?' || first == ':';
        return !(dashed && (text.length() == 1 || text.charAt(1) == ' '))
                && ",[]{}#&*!|>'\"%@`".indexOf(first) < 0
                && !text.contains(": ")
                && !text.contains(" #")
                && !text.startsWith("---")
                && !text.startsWith("...");
    }

    private static boolean isPlain(int c) {
        boolean lineEnd = c == 0x2028 || c == 0x2029;
        boolean odd = c == 0xFEFF || c == 0xFFFE || c == 0xFFFF || (c >= 0xD800 && c <= 0xDFFF);
        return c == '\t' || (c >= ' ' && c < 0x7F) || (c >= 0xA0 && !lineEnd && !odd);
    }

    private static String doubleQuoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"', '\\' -> out.append('\\').append((char) c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    if (isPlain(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format("\\u%04x", c));
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
