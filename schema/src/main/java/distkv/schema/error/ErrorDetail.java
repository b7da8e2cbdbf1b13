package distkv.schema.error;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one node says about an error: the entry below its record. */
public record ErrorDetail(String node, Map<?, ?> fields) {
    /** No node says anything. */
    public static final ErrorDetail NONE = new ErrorDetail("", Map.of());

    public static ErrorDetail read(String node, Entry entry) {
        Value value = entry.value();
        return new ErrorDetail(node, value != null && Values.decode(value) instanceof Map<?, ?> map ? map : Map.of());
    }

    /** Unix time when the node saw the error last; 0 if it does not say. */
    public double seen() {
        return fields.get("seen") instanceof Number seen ? seen.doubleValue() : 0;
    }

    /** What happened, as the node says it; {@code null} if it does not. */
    public @Nullable String message() {
        Object text = fields.get("message") != null ? fields.get("message") : fields.get("comment");
        return text == null ? null : text.toString();
    }

    /** The error's own text; {@code null} if there is none. */
    public @Nullable String text() {
        return fields.get("str") instanceof String text ? text : null;
    }

    /** The procedure where it happened; {@code null} if the node does not know it. */
    public @Nullable Object code() {
        return data().get("code") instanceof List<?> elements
                ? Path.of(elements)
                : data().get("code");
    }

    /** The line of that procedure; {@code null} if the node does not know it. */
    public @Nullable Number line() {
        return data().get("line") instanceof Number number ? number : null;
    }

    private Map<?, ?> data() {
        return fields.get("data") instanceof Map<?, ?> map ? map : Map.of();
    }
}
