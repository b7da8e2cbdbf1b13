package distkv.cli.input;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value as Python writes it: numbers, texts, {@code b'bytes'}, {@code True False None} (JSON's spelling too),
 * lists, tuples (which become lists) and dicts. The option {@code -e NAME VALUE} takes such a value.
 */
public final class PythonLiteral {
    private static final int MAX_DEPTH = 100;
    private final String text;
    private int at;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /**
     * Parses a literal.
     *
     * @throws IllegalArgumentException if this is no literal; the message quotes it and names the position
     */
    public static @Nullable Object parse(String text) {
        PythonLiteral literal = new PythonLiteral(text);
        Object value = literal.value(0);
        literal.skipBlanks();
        if (literal.at < text.length()) {
            throw literal.wrong("nothing more");
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        skipBlanks();
        if (depth > MAX_DEPTH) {
            throw wrong("at most " + MAX_DEPTH + " levels");
        }
        if (at == text.length()) {
            throw wrong("a value");
        }
        char first = text.charAt(at);
        return switch (first) {
            case '[' -> items(']', depth);
            case '(' -> tuple(depth);
            case '{' -> dict(depth);
            case '\'', '"' -> new QuotedLiteral(text, at + 1, first, false).read(this::moveTo);
            case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> word();
        };
    }

    private void moveTo(int position) {
        at = position;
    }

    private List<@Nullable Object> items(char end, int depth) {
        at++;
        List<@Nullable Object> items = new ArrayList<>();
        while (!closes(end)) {
            items.add(value(depth + 1));
            separate(end);
        }
        return items;
    }

    /** A tuple, or a value in parentheses. */
    private @Nullable Object tuple(int depth) {
        int start = at;
        List<@Nullable Object> items = items(')', depth);
        boolean comma = text.substring(start, at - 1).stripTrailing().endsWith(",");
        return items.size() == 1 && !comma ? items.getFirst() : items;
    }

    private Map<@Nullable Object, @Nullable Object> dict(int depth) {
        at++;
        Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
        while (!closes('}')) {
            Object key = value(depth + 1);
            skipBlanks();
            if (at == text.length() || text.charAt(at) != ':') {
                throw wrong("':'");
            }
            at++;
            dict.put(key, value(depth + 1));
            separate('}');
        }
        return dict;
    }

    private boolean closes(char end) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    private void separate(char end) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
        } else if (at == text.length() || text.charAt(at) != end) {
            throw wrong("',' or '" + end + "'");
        }
    }

    private @Nullable Object word() {
        int start = at;
        while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"') && word.equalsIgnoreCase("b")) {
            return new QuotedLiteral(text, at + 1, text.charAt(at), true).read(this::moveTo);
        }
        return switch (word) {
            case "None", "null" -> null;
            case "True", "true" -> true;
            case "False", "false" -> false;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> {
                at = start;
                throw wrong("a literal like 42, 'text', [1, 2] or {'a': 1}");
            }
        };
    }

    private Object number() {
        int start = at;
        while (at < text.length() && isNumberPart(start)) {
            at++;
        }
        String digits = text.substring(start, at).replace("_", "").toLowerCase(Locale.ROOT);
        boolean negative = digits.startsWith("-");
        String unsigned = digits.startsWith("+") || negative ? digits.substring(1) : digits;
        try {
            Object size = magnitude(unsigned);
            if (size instanceof BigInteger integer) {
                BigInteger signed = negative ? integer.negate() : integer;
                return signed.bitLength() < Long.SIZE ? (Object) signed.longValue() : signed;
            }
            return negative ? -(Double) size : size;
        } catch (NumberFormatException e) {
            at = start;
            throw wrong("a number");
        }
    }

    private static Object magnitude(String digits) {
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        } else if (digits.startsWith("0o")) {
            return new BigInteger(digits.substring(2), 8);
        } else if (digits.startsWith("0b")) {
            return new BigInteger(digits.substring(2), 2);
        } else if (digits.equals("inf")) {
            return Double.POSITIVE_INFINITY;
        } else if (digits.endsWith("d") || digits.endsWith("f") || digits.startsWith("+") || digits.startsWith("-")) {
            throw new NumberFormatException(digits);
        } else if (digits.chars().allMatch(Character::isDigit)) {
            return new BigInteger(digits);
        }
        return Double.valueOf(digits);
    }

    private boolean isNumberPart(int start) {
        char c = text.charAt(at);
        if (c == '+' || c == '-') {
            return at == start || (Character.toLowerCase(text.charAt(at - 1)) == 'e' && !text.startsWith("0x", start));
        }
        return Character.isLetterOrDigit(c) || c == '.' || c == '_';
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException(
                "\"" + text + "\", character " + (at + 1) + " (expected: " + expected + ")");
    }
}
