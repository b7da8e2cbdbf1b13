package distkv.cli;

import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as the original's command line prints them: YAML in block style, keys sorted, paths tagged {@code !P}.
 * A lone text comes out as Python writes it. It is written by hand since loading an engine would take longer than the
 * whole command.
 */
final class Yaml {
    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    /** The document, with its line end. */
    static String document(@Nullable Object value) {
        return switch (value) {
            case String text -> PythonText.quoted(text) + "\n";
            case byte[] bytes -> PythonText.quoted(bytes) + "\n";
            case null, default -> {
                Yaml yaml = new Yaml();
                yaml.node(value, 0, "");
                yield yaml.out.append('\n').toString();
            }
        };
    }

    /**
     * Writes a value after what stands in the line already.
     *
     * @param indent where the lines of a map or list begin
     * @param gap what comes between, if the value stays in this line
     */
    private void node(@Nullable Object value, int indent, String gap) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            map(map, indent);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            list(list, indent);
        } else if (value instanceof String text && YamlScalar.isBlock(text)) {
            out.append(gap);
            block(text, indent);
        } else {
            out.append(gap).append(YamlScalar.line(value));
        }
    }

    private void map(Map<?, ?> map, int indent) {
        boolean first = true;
        for (Map.Entry<?, ?> entry : sorted(map)) {
            startLine(first, indent);
            first = false;
            out.append(YamlScalar.key(entry.getKey())).append(':');
            below(entry.getValue(), indent);
        }
    }

    private void below(@Nullable Object value, int indent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            newLine(indent + 2);
            node(value, indent + 2, "");
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            newLine(indent);
            node(value, indent, "");
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
        if (text.startsWith(" ") || text.startsWith("\n")) {
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
