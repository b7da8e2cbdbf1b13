package distkv.runner.worker;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored modules in Java, as Java workers are told of them. Used by the decision thread only. */
final class JavaModules {
    /**
     * A module.
     *
     * @param version the write that made it so
     * @param source {@code null} if it is gone
     */
    record Told(Path path, long version, @Nullable String source) {}

    private final Map<Path, Told> known = new LinkedHashMap<>();

    /** Takes in a change of any module. Returns what is to be told; {@code null} if it is none of ours. */
    @Nullable
    Told changed(Path path, Entry entry) {
        Value value = entry.value();
        String source = value != null
                        && Values.decode(value) instanceof Map<?, ?> map
                        && "java".equals(map.get("language"))
                        && map.get("code") instanceof String text
                ? text
                : null;
        Told told = new Told(path, entry.tick(), source);
        if (source != null) {
            known.put(path, told);
            return told;
        }
        return known.remove(path) == null ? null : told;
    }

    List<Told> all() {
        return List.copyOf(known.values());
    }
}
