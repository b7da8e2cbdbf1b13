package distkv.cli.format;

import distkv.model.Bytes;
import distkv.model.Nil;
import distkv.model.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON in one line. What JSON lacks becomes text: paths as people write them, bytes in base64, and
 * the numbers that are none.
 */
final class Json {
    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String line(@Nullable Object value) {
        Json json = new Json();
        json.node(value);
        return json.out.append('\n').toString();
    }

    private void node(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Nil nil -> out.append("null");
            case Map<?, ?> map -> map(map);
            case List<?> list -> list(list);
            case Double number -> out.append(number(number));
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> text(plain(value));
        }
    }

    private void map(Map<?, ?> map) {
        out.append('{');
        String gap = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(gap);
            text(plain(entry.getKey()));
            out.append(": ");
            node(entry.getValue());
            gap = ", ";
        }
        out.append('}');
    }

    private void list(List<?> list) {
        out.append('[');
        String gap = "";
        for (Object item : list) {
            out.append(gap);
            node(item);
            gap = ", ";
        }
        out.append(']');
    }

    private static String number(double number) {
        String text = PythonFormat.number(number);
        return Double.isFinite(number) ? text : "\"" + text + "\"";
    }

    private static String plain(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            case Bytes bytes -> Base64.getEncoder().encodeToString(bytes.array());
            case Path path -> path.toString();
            default -> value.toString();
        };
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || (Character.isSurrogate(c) && !paired(text, i))) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
