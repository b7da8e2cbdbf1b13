package distkv.access.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of the log: a JSON object whose members are texts. What a terminal could take for a command is escaped.
 *
 * @param time in UTC, as ISO 8601 writes it
 * @param action what was done, in a word such as {@code log-in}
 * @param who a user, token, node or run; "" for nobody
 * @param from an address, or a user of the server's machine; "" for the server itself
 */
public record AuditLine(String time, String action, String who, String from, String path, String result) {
    /** The most characters of a member, when it is escaped. */
    private static final int MOST = 1_000;

    private static final int HEX = 4;

    /** The line, without its end. */
    public String toJson() {
        StringBuilder out = new StringBuilder("{");
        member(out, "time", time);
        member(out, "action", action);
        member(out, "who", who);
        member(out, "from", from);
        member(out, "path", path);
        member(out, "result", result);
        return out.append('}').toString();
    }

    private static void member(StringBuilder out, String key, String text) {
        if (!text.isEmpty()) {
            out.append(out.length() == 1 ? "" : ", ")
                    .append('"')
                    .append(key)
                    .append("\": \"")
                    .append(escape(text))
                    .append('"');
        }
    }

    /** The text within quotes. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        text.codePoints().takeWhile(_ -> out.length() < MOST).forEach(point -> {
            if (point == '"' || point == '\\') {
                out.append('\\').append((char) point);
            } else if (isHarmless(point)) {
                out.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    out.append(String.format("\\u%04x", (int) unit));
                }
            }
        });
        return out.length() < MOST ? out.toString() : out.append('…').toString();
    }

    /** Whether it is one visible character or a space, and changes nothing else. */
    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Reads a line without its end; {@code null} if it is none, such as one that was not written to its end. */
    public static @Nullable AuditLine read(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        int at = 0;
        if (!line.startsWith("{\"") || !line.endsWith("\"}")) {
            return null;
        }
        while (at < line.length() - 1) {
            // Before it is the opening brace or a comma and a space.
            int key = line.indexOf('"', at) + 1;
            int keyEnd = line.indexOf("\": \"", key);
            int text = keyEnd + 4;
            int end = keyEnd < 0 ? -1 : end(line, text);
            String value = end < 0 ? null : unescape(line.substring(text, end));
            if (key == 0 || value == null) {
                return null;
            }
            members.put(line.substring(key, keyEnd), value);
            at = end + 1;
        }
        return new AuditLine(
                members.getOrDefault("time", ""),
                members.getOrDefault("action", ""),
                members.getOrDefault("who", ""),
                members.getOrDefault("from", ""),
                members.getOrDefault("path", ""),
                members.getOrDefault("result", ""));
    }

    /** Where the text that begins here ends; -1 if it does not. */
    private static int end(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return at < line.length() ? at : -1;
    }

    private static @Nullable String unescape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next != '\\') {
                out.append(next);
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) != 'u') {
                out.append(text.charAt(at + 1));
                at += 2;
            } else if (at + 2 + HEX <= text.length()) {
                try {
                    out.append((char) Integer.parseInt(text, at + 2, at + 2 + HEX, 16));
                } catch (NumberFormatException _) {
                    return null;
                }
                at += 2 + HEX;
            } else {
                return null;
            }
        }
        return out.toString();
    }

    /** The line for people. */
    public String toText() {
        StringBuilder out = new StringBuilder(time);
        for (String member : new String[] {action, who, from, path}) {
            out.append("  ").append(member.isEmpty() ? "-" : escape(member));
        }
        return result.isEmpty()
                ? out.toString()
                : out.append("  ").append(escape(result)).toString();
    }
}
