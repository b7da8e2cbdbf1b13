package distkv.server.session;

import distkv.model.Bytes;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Objects as Python's {@code repr} shows them, for the texts of errors that the original's clients know. */
final class PythonText {
    /** Longer texts are cut: they are read by people. */
    private static final int MAX = 200;

    private PythonText() {}

    static String of(Value value) {
        String text;
        try {
            text = of(Values.decode(value));
        } catch (ProtocolException e) {
            text = value.toString();
        }
        return text.length() <= MAX ? text : text.substring(0, MAX) + "…";
    }

    static String of(@Nullable Object object) {
        return switch (object) {
            case null -> "None";
            case Nil _ -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case String text -> quoted(text);
            case Path path -> "P(" + quoted(path.toString()) + ")";
            case byte[] bytes -> "b" + quoted(new Bytes(bytes).toString());
            case List<?> list -> list.stream().map(PythonText::of).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> of(entry.getKey()) + ": " + of(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            default -> object.toString();
        };
    }

    /** Between single quotes, or double ones if that saves escapes. */
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
