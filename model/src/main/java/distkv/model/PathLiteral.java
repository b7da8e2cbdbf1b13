package distkv.model;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Prints path elements as Python literals, like the original. {@link LiteralReader} reads them. */
final class PathLiteral {
    private PathLiteral() {}

    static Object parse(String text) {
        return new LiteralReader(text).read();
    }

    /** A nested path without its outer parentheses. */
    static String printOpen(Path nested) {
        if (nested.isRoot()) {
            return "()";
        }
        StringJoiner out = new StringJoiner(",", "", nested.length() == 1 ? "," : "");
        nested.elements().forEach(element -> out.add(print(element)));
        return out.toString();
    }

    /** An element as Python's {@code repr} prints it. */
    static String print(Object element) {
        return switch (element) {
            case Nil _ -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case Double number -> print(number.doubleValue());
            case String text -> quote(text);
            case Bytes bytes -> "b" + quote(bytes);
            case Path nested -> {
                StringJoiner out = new StringJoiner(", ", "(", nested.length() == 1 ? ",)" : ")");
                nested.elements().forEach(inner -> out.add(print(inner)));
                yield out.toString();
            }
            default -> element.toString();
        };
    }

    /** A float as Python prints it: the shortest digits that read back the same, an exponent below -4 and from 16 on. */
    private static String print(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
        }
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return sign
                + mantissa
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    static String ascii(Bytes bytes) {
        return new String(bytes.array(), StandardCharsets.US_ASCII);
    }

    private static String quote(Bytes bytes) {
        return quote(new String(bytes.array(), StandardCharsets.ISO_8859_1), true);
    }

    private static String quote(String text) {
        return quote(text, false);
    }

    private static String quote(String text, boolean bytes) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (bytes ? c >= 0x20 && c < 0x7F : isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
