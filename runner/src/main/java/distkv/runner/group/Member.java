package distkv.runner.group;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a runner says of itself in its presence entry.
 *
 * @param node its node's name
 * @param kind {@code any}, {@code at} or {@code all}
 * @param started unix time of its start
 * @param load how many jobs it runs
 * @param capacity how many it would run at most
 */
public record Member(String node, String kind, long pid, double started, int load, int capacity) {
    /** Reads the entry at {@code node} and {@code kind}; another implementation's may lack what ours has. */
    public static Member read(String node, String kind, Value value) {
        Map<?, ?> map = Values.decode(value) instanceof Map<?, ?> given ? given : Map.of();
        double started = map.get("started") instanceof Number number ? number.doubleValue() : 0;
        return new Member(
                node, kind, number(map, "pid"), started, (int) number(map, "load"), (int) number(map, "capacity"));
    }

    private static long number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number.longValue() : 0;
    }

    public Value encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("node", node);
        map.put("kind", kind);
        map.put("pid", pid);
        map.put("started", started);
        map.put("load", (long) load);
        map.put("capacity", (long) capacity);
        return Values.encode(map);
    }
}
