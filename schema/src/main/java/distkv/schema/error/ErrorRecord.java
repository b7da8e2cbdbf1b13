package distkv.schema.error;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error record that is in the tree. */
public record ErrorRecord(Path record, String subsystem, Path about, Map<String, @Nullable Object> fields, long tick) {

    /** Reads a record; {@code null} if the entry is deleted, or no record. */
    public static @Nullable ErrorRecord read(Entry entry) {
        Map<String, @Nullable Object> fields = fields(entry);
        Path about = about(fields.get("path"));
        return about != null && fields.get("subsystem") instanceof String subsystem
                ? new ErrorRecord(entry.path(), subsystem, about, fields, entry.tick())
                : null;
    }

    /** Reads a record for people: if it does not say what it is about, this is what it is about. */
    public static ErrorRecord readAny(Entry entry, Path otherwise) {
        Map<String, @Nullable Object> fields = fields(entry);
        Path about = about(fields.get("path"));
        String subsystem = fields.get("subsystem") instanceof String text ? text : "";
        return new ErrorRecord(entry.path(), subsystem, about == null ? otherwise : about, fields, entry.tick());
    }

    private static Map<String, @Nullable Object> fields(Entry entry) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        Value value = entry.value();
        if (value != null && Values.decode(value) instanceof Map<?, ?> map) {
            map.forEach((key, content) -> fields.put(String.valueOf(key), content));
        }
        return fields;
    }

    private static @Nullable Path about(@Nullable Object path) {
        return switch (path) {
            case Path given -> given;
            case List<?> elements -> path(elements);
            case null, default -> null;
        };
    }

    private static @Nullable Path path(List<?> elements) {
        try {
            return Path.of(elements);
        } catch (IllegalArgumentException e) {
            // A list, but not of what paths have: whoever wrote it, it is about nothing that there is.
            return null;
        }
    }

    public boolean resolved() {
        return switch (fields.get("resolved")) {
            case Boolean flag -> flag;
            case Number time -> time.doubleValue() != 0;
            case null, default -> false;
        };
    }

    /** What happened, in one line; {@code null} if only the nodes say it. */
    public @Nullable String message() {
        return fields.get("message") instanceof String text ? text : null;
    }

    /** Unix time when it was seen last, on whatever node; {@code missing} if the record does not say. */
    public double lastSeen(double missing) {
        return number("last_seen", missing);
    }

    public double number(String key, double missing) {
        return fields.get(key) instanceof Number number ? number.doubleValue() : missing;
    }
}
