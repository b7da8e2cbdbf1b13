package distkv.model;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one Python literal: a number, text, bytes, {@code True}, {@code False}, {@code None}, {@code inf}, {@code nan}, or a
 * tuple of these, whose outer parentheses may be missing.
 */
final class LiteralReader {
    private static final Pattern FLOAT = Pattern.compile("(\\d+\\.\\d*|\\.\\d+)([eE][-+]?\\d+)?|\\d+[eE][-+]?\\d+");
    private static final Pattern INTEGER = Pattern.compile("0|[1-9]\\d*|0+");
    private static final Pattern NUMBER =
            Pattern.compile("0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[\\d._]+([eE][-+]?[\\d_]+)?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]+");
    private static final String EXPECTED =
            "a literal: a number, 'text', b'bytes', True, False, None, inf, nan or 'a','b'";

    private final String text;
    private int at;

    LiteralReader(String text) {
        this.text = text;
    }

    Object read() {
        Object value = tuple('\0', 0);
        if (at < text.length()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return value;
    }

    /** Reads values up to {@code end}: a single one without a comma stands for itself, others are a nested path. */
    private Object tuple(char end, int nesting) {
        if (nesting > PathKey.MAX_NESTING) {
            throw new IllegalArgumentException("nesting of at most " + PathKey.MAX_NESTING);
        }
        List<Object> elements = new ArrayList<>();
        boolean comma = false;
        while (peek() != end) {
            if (!elements.isEmpty() && !comma) {
                throw new IllegalArgumentException(EXPECTED);
            }
            elements.add(value(nesting));
            comma = peek() == ',';
            if (comma) {
                at++;
            }
        }
        boolean parenthesised = end == ')';
        if (elements.isEmpty() && !parenthesised) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return elements.size() == 1 && !comma ? elements.getFirst() : Path.of(elements);
    }

    private Object value(int nesting) {
        char first = peek();
        if (first == '(') {
            at++;
            Object inner = tuple(')', nesting + 1);
            at++;
            return inner;
        }
        if (first == '\'' || first == '"') {
            return string(false);
        }
        if (first == 'b' && at + 1 < text.length() && "'\"".indexOf(text.charAt(at + 1)) >= 0) {
            at++;
            return new Bytes(((String) string(true)).getBytes(StandardCharsets.ISO_8859_1));
        }
        if (first == '-' || first == '+') {
            at++;
            Object number = scalar();
            return first == '-' || !(number instanceof Number) ? negated(number) : number;
        }
        return scalar();
    }

    private Object scalar() {
        char first = peek();
        return Character.isDigit(first) || first == '.' ? number(take(NUMBER)) : named(take(NAME));
    }

    private static Object negated(Object number) {
        return switch (number) {
            case Long value when value != Long.MIN_VALUE -> -value;
            case BigInteger value -> normal(value.negate());
            case Double value -> -value;
            default -> throw new IllegalArgumentException(EXPECTED);
        };
    }

    private static Object named(String name) {
        return switch (name) {
            case "True" -> true;
            case "False" -> false;
            case "None" -> Nil.NIL;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> throw new IllegalArgumentException(EXPECTED);
        };
    }

    private static Object number(String written) {
        String digits = written.replaceAll("(?<=[0-9a-fA-FxXoObB])_(?=[0-9a-fA-F])", "");
        if (digits.length() > 2 && Character.isLetter(digits.charAt(1)) && digits.charAt(0) == '0') {
            int radix = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                case 'b', 'B' -> 2;
                default -> 0;
            };
            if (radix != 0 && digits.indexOf('_') < 0) {
                return normal(new BigInteger(digits.substring(2), radix));
            }
        }
        if (INTEGER.matcher(digits).matches()) {
            return normal(new BigInteger(digits));
        }
        if (FLOAT.matcher(digits).matches()) {
            return Double.parseDouble(digits);
        }
        throw new IllegalArgumentException(EXPECTED);
    }

    private static Object normal(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private Object string(boolean bytes) {
        char quote = text.charAt(at++);
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\\') {
                out.appendCodePoint(escaped());
            } else if (bytes && c >= 0x80) {
                throw new IllegalArgumentException("ASCII in b'…'");
            } else {
                out.append(c);
            }
        }
        if (at++ >= text.length()) {
            throw new IllegalArgumentException("text that ends with " + quote);
        }
        return out.toString();
    }

    private int escaped() {
        if (at == text.length()) {
            throw new IllegalArgumentException("a character after the backslash");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '\\', '\'', '"' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'a' -> 7;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'v' -> 11;
            case '0' -> 0;
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            default -> throw new IllegalArgumentException("no \\" + c + " in text");
        };
    }

    private int hexadecimal(int digits) {
        Matcher matcher =
                Pattern.compile("[0-9a-fA-F]{" + digits + "}").matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException(digits + " hexadecimal digits after the backslash");
        }
        at += digits;
        long code = Long.parseLong(matcher.group(), 16);
        if (code > Character.MAX_CODE_POINT) {
            throw new IllegalArgumentException("a character up to \\U0010ffff");
        }
        return (int) code;
    }

    private String take(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        at = matcher.end();
        return matcher.group();
    }

    /** The next character that is not a space; 0 at the end. */
    private char peek() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : '\0';
    }
}
