package distkv.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The secrets of a run. They are not shown where this is printed. */
final class SecretValues {
    private final Map<String, String> byName;

    private SecretValues(Map<String, String> byName) {
        this.byName = byName;
    }

    static SecretValues read(@Nullable Object map) {
        Map<String, String> byName = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> given) {
            given.forEach((name, value) -> byName.put(String.valueOf(name), String.valueOf(value)));
        }
        return new SecretValues(byName);
    }

    String get(String name) {
        String value = byName.get(name);
        if (value == null) {
            throw new NoSuchElementException("secret " + name + ": the job has none of this name (expected: "
                    + (byName.isEmpty() ? "secrets in the job's entry" : String.join(", ", byName.keySet())) + ")");
        }
        return value;
    }

    @Override
    public String toString() {
        return "secrets " + byName.keySet();
    }
}
