package distkv.cli.format;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Formats scalars as Python's {@code repr} does, since people compare our output with it. */
final class PythonFormat {
    private PythonFormat() {}

    /** The shortest digits that read back as the same number, in Python's notation. */
    static String number(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        } else if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.abs().toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return sign
                + mantissa
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    static String quoted(String text) {
        return quoted(text, false);
    }

    static String quoted(byte[] bytes) {
        return "b" + quoted(new String(bytes, StandardCharsets.ISO_8859_1), true);
    }

    private static String quoted(String text, boolean octets) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c == '\n' || c == '\r' || c == '\t') {
                out.append('\\').append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            } else if (c < ' ' || c == 0x7F || (octets && c > 0x7F) || (c > 0x7F && c < 0xA0)) {
                out.append("\\x").append(hex(c, 2));
            } else if (Character.getType(c) == Character.SURROGATE || !Character.isDefined(c)) {
                out.append(c > 0xFFFF ? "\\U" + hex(c, 8) : "\\u" + hex(c, 4));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(quote).toString();
    }

    private static String hex(int number, int digits) {
        String hex = Integer.toHexString(number);
        return "0".repeat(Math.max(0, digits - hex.length())) + hex;
    }
}
