package distkv.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A copy of an entry's fields, to be changed and stored again. Fields that nobody names stay as they are, also those
 * that this version does not know.
 */
public final class EditableFields {
    /** Beyond this, not every integer is a double. */
    private static final double MOST_WHOLE = 1e15;

    private final Map<Object, @Nullable Object> map;

    private EditableFields(Map<Object, @Nullable Object> map) {
        this.map = map;
    }

    /** The fields of a decoded entry; none if it is not a map, or {@code null}. */
    public static EditableFields of(@Nullable Object entry) {
        return new EditableFields(
                entry instanceof Map<?, ?> given ? new LinkedHashMap<>(given) : new LinkedHashMap<>());
    }

    public @Nullable Object get(String key) {
        return map.get(key);
    }

    /** Whether there is such a field, nil or not. */
    public boolean has(String key) {
        return map.containsKey(key);
    }

    /** The map in this field; an empty one if there is none. */
    public Map<?, ?> map(String key) {
        return map.get(key) instanceof Map<?, ?> found ? found : Map.of();
    }

    public void put(String key, @Nullable Object value) {
        map.put(key, value);
    }

    /** Sets a field to a number: an integer, if it is one. */
    public void putNumber(String key, double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) < MOST_WHOLE;
        map.put(key, whole ? (Object) (long) number : (Object) number);
    }

    /** Sets a field, or removes it if the value is {@code null}. */
    public void putOrRemove(String key, @Nullable Object value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    public void putAll(Map<?, ?> fields) {
        map.putAll(fields);
    }

    public @Nullable Object remove(String key) {
        return map.remove(key);
    }

    /** All fields, to be stored. */
    public Map<Object, @Nullable Object> toMap() {
        return map;
    }
}
