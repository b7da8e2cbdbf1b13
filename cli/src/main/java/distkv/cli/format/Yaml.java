package distkv.cli.format;

import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as YAML in block style, keys sorted. In the <em>wire</em> form they come out as the original's command
 * line prints them, with paths tagged {@code !P} and a lone text as Python writes it; otherwise any parser of YAML reads
 * them, and paths are texts. It is written by hand since loading an engine would take longer than the whole command.
 */
final class Yaml {
    /** Parsers accept a key without a question mark only up to 1,024 characters. */
    private static final int LONGEST_KEY = 1_000;

    private final StringBuilder out = new StringBuilder();
    private final YamlScalar scalars;

    private Yaml(YamlScalar scalars) {
        this.scalars = scalars;
    }

    /** The document, with its line end. */
    static String document(@Nullable Object value) {
        return value instanceof String text && !isLoneBlock(text)
                ? YamlScalar.quoted(text) + "\n"
                : new Yaml(YamlScalar.PLAIN).written(value);
    }

    /** The same in the wire form. */
    static String wire(@Nullable Object value) {
        return switch (value) {
            case String text -> PythonFormat.quoted(text) + "\n";
            case byte[] bytes -> PythonFormat.quoted(bytes) + "\n";
            case null, default -> new Yaml(YamlScalar.WIRE).written(value);
        };
    }

    /** A lone block needs no indentation indicator, and parsers differ in how they read one. */
    private static boolean isLoneBlock(String text) {
        return YamlScalar.PLAIN.isBlock(text) && !isIndented(text);
    }

    private static boolean isIndented(String text) {
        return text.startsWith(" ") || text.startsWith("\n") || text.startsWith("\t");
    }

    private String written(@Nullable Object value) {
        node(value, 0, "");
        return out.append('\n').toString();
    }

    /**
     * Writes a value after what is on the line already.
     *
     * @param indent where the lines of a map or list begin
     * @param gap what comes between, if the value stays in this line
     */
    private void node(@Nullable Object value, int indent, String gap) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            map(map, indent);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            list(list, indent);
        } else if (value instanceof String text && scalars.isBlock(text)) {
            out.append(gap);
            block(text, indent);
        } else {
            out.append(gap).append(scalars.line(value));
        }
    }

    private void map(Map<?, ?> map, int indent) {
        boolean first = true;
        for (Map.Entry<?, ?> entry : sorted(map)) {
            startLine(first, indent);
            first = false;
            String key = scalars.key(entry.getKey());
            boolean isLong = key.length() > LONGEST_KEY;
            if (isLong) {
                out.append("? ").append(key);
                newLine(indent);
            } else {
                out.append(key);
            }
            out.append(':');
            below(entry.getValue(), indent, isLong ? 2 : 0);
        }
    }

    private void below(@Nullable Object value, int indent, int ofLists) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            newLine(indent + 2);
            node(value, indent + 2, "");
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            newLine(indent + ofLists);
            node(value, indent + ofLists, "");
        } else {
            node(value, indent + 2, " ");
        }
    }

    private void list(List<?> list, int indent) {
        boolean first = true;
        for (Object item : list) {
            startLine(first, indent);
            first = false;
            out.append("- ");
            node(item, indent + 2, "");
        }
    }

    private void startLine(boolean first, int indent) {
        if (!first) {
            newLine(indent);
        }
    }

    private void newLine(int indent) {
        out.append('\n').repeat(' ', indent);
    }

    private void block(String text, int indent) {
        int ending = text.length() - text.stripTrailing().length();
        out.append('|');
        if (isIndented(text)) {
            out.append('2');
        }
        if (!text.endsWith("\n")) {
            out.append('-');
        } else if (ending > 1) {
            out.append('+');
        }
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        for (String line : body.split("\n", -1)) {
            if (line.isEmpty()) {
                out.append('\n');
            } else {
                newLine(Math.max(2, indent));
                out.append(line);
            }
        }
    }

    /** Python sorts keys where they can be compared, and leaves them as they come where not. */
    private static List<Map.Entry<?, ?>> sorted(Map<?, ?> map) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (map.keySet().stream().allMatch(String.class::isInstance)) {
            entries.sort((a, b) -> ((String) a.getKey()).compareTo((String) b.getKey()));
        } else if (map.keySet().stream().allMatch(Path.class::isInstance)) {
            entries.sort((a, b) -> ((Path) a.getKey()).compareTo((Path) b.getKey()));
        } else if (map.keySet().stream().allMatch(Long.class::isInstance)) {
            entries.sort((a, b) -> ((Long) a.getKey()).compareTo((Long) b.getKey()));
        }
        return entries;
    }
}
