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

    /** Reads a record; {@code null} if the entry is deleted, or none. */
    public static @Nullable ErrorRecord read(Entry entry) {
        Value value = entry.value();
        if (value == null || !(Values.decode(value) instanceof Map<?, ?> map)) {
            return null;
        }
        Path about = about(map.get("path"));
        if (about == null || !(map.get("subsystem") instanceof String subsystem)) {
            return null;
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        map.forEach((key, content) -> fields.put(String.valueOf(key), content));
        return new ErrorRecord(entry.path(), subsystem, about, fields, entry.tick());
    }

    private static @Nullable Path about(@Nullable Object path) {
        return switch (path) {
            case Path given -> given;
            case List<?> elements -> Path.of(elements);
            case null, default -> null;
        };
    }

    public boolean resolved() {
        return switch (fields.get("resolved")) {
            case Boolean flag -> flag;
            case Number time -> time.doubleValue() != 0;
            case null, default -> false;
        };
    }

    public double number(String key, double missing) {
        return fields.get(key) instanceof Number number ? number.doubleValue() : missing;
    }
}
