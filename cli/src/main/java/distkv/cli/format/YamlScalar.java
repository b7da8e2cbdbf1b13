package distkv.cli.format;

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

/**
 * Formats YAML values that fit on a line, quoted where a parser would read them as something else.
 *
 * @param wire whether paths and bytes have the original's tags; else paths are texts
 */
record YamlScalar(boolean wire) {
    static final YamlScalar PLAIN = new YamlScalar(false);
    static final YamlScalar WIRE = new YamlScalar(true);

    private static final int MAX_HEX = 32;

    /** Texts that YAML 1.1 or 1.2 does not read as text. */
    private static final Pattern NOT_TEXT = Pattern.compile("~|=|<<"
            + "|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
            + "|[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
            + "|[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?"
            + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?"
            + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"
            + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");

    /** Whether a text is best read as a block of its own lines. */
    boolean isBlock(String text) {
        return text.indexOf('\n') >= 0
                && !text.isBlank()
                && text.codePoints().allMatch(c -> c == '\n' || isPlain(c))
                // Parsers do not agree on lines that only have blanks.
                && (wire || text.lines().noneMatch(line -> !line.isEmpty() && line.isBlank()));
    }

    /** Most languages have no maps whose keys are lists or maps: those are texts. */
    String key(@Nullable Object key) {
        return !wire && (key instanceof List<?> || key instanceof Map<?, ?>)
                ? text(Json.line(key).strip())
                : line(key);
    }

    /** A lone text: always in quotes, so that people do not read it as a number, either. */
    static String quoted(String text) {
        String python = PythonFormat.quoted(text);
        return python.indexOf('\\') < 0 ? python : doubleQuoted(text);
    }

    String line(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Nil nil -> "null";
            case String text -> text(text);
            case Double number -> number(number);
            case Path path -> wire ? "!P " + tagged(path.toString()) : text(path.toString());
            case byte[] bytes -> bytes(bytes);
            case Bytes bytes -> bytes(bytes.array());
            case List<?> list -> list.stream().map(this::flow).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> flow(entry.getKey()) + ": " + flow(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    private String flow(@Nullable Object value) {
        return switch (value) {
            case String text -> doubleQuoted(text);
            case Path path when !wire -> doubleQuoted(path.toString());
            case null, default -> line(value);
        };
    }

    private static String number(double number) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }
        String text = PythonFormat.number(number);
        // Without a dot it would be a text to YAML 1.1.
        return text.indexOf('.') < 0 ? text.replace("e", ".0e") : text;
    }

    private String bytes(byte[] bytes) {
        if (!wire) {
            return "!!binary \"" + Base64.getEncoder().encodeToString(bytes) + '"';
        }
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
