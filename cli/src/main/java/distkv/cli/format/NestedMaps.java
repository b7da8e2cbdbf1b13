package distkv.cli.format;

import distkv.model.Nil;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries as maps in maps, one level for each path element; {@code key} is where an entry's own value goes. */
public final class NestedMaps {
    private final String key;
    private final Map<@Nullable Object, @Nullable Object> root = new LinkedHashMap<>();

    public NestedMaps(String key) {
        this.key = key;
    }

    public void put(Path path, @Nullable Object value) {
        Map<@Nullable Object, @Nullable Object> map = root;
        for (Object element : path.elements()) {
            map = inner(map, element == Nil.NIL ? null : element);
        }
        map.put(key, value);
    }

    @SuppressWarnings("unchecked") // All maps in here are made below.
    private static Map<@Nullable Object, @Nullable Object> inner(
            Map<@Nullable Object, @Nullable Object> map, @Nullable Object element) {
        return (Map<@Nullable Object, @Nullable Object>)
                map.computeIfAbsent(element, missing -> new LinkedHashMap<@Nullable Object, @Nullable Object>());
    }

    public Map<@Nullable Object, @Nullable Object> map() {
        return root;
    }
}
