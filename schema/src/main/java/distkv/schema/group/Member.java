package distkv.schema.group;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a runner says of itself in its presence entry.
 *
 * @param node its node's name
 * @param kind {@code any}, {@code at} or {@code all}
 * @param started unix time of its start
 * @param load what its runs weigh; each weighs 1
 * @param pinned the part of it that belongs to this node, so that no other can take it over
 * @param capacity how much it can bear, compared with the others; more than 0
 * @param labels what it has that not every node has
 * @param sandbox what keeps its code from the machine; {@code null}: not known
 * @param refuses the jobs for any node that it does not accept, and why
 */
public record Member(
        String node,
        String kind,
        long pid,
        double started,
        double load,
        double pinned,
        double capacity,
        Set<String> labels,
        @Nullable String sandbox,
        Map<Path, String> refuses) {

    public Member {
        labels = Set.copyOf(labels);
        refuses = Map.copyOf(refuses);
    }

    /** One that accepts all jobs. */
    public Member(
            String node,
            String kind,
            long pid,
            double started,
            double load,
            double pinned,
            double capacity,
            Set<String> labels,
            @Nullable String sandbox) {
        this(node, kind, pid, started, load, pinned, capacity, labels, sandbox, Map.of());
    }

    /** Reads the entry at {@code node} and {@code kind}; another implementation's may lack what ours has. */
    public static Member read(String node, String kind, Value value) {
        Map<?, ?> map = Values.decode(value) instanceof Map<?, ?> given ? given : Map.of();
        double capacity = number(map, "capacity");
        Set<String> labels = new TreeSet<>();
        if (map.get("labels") instanceof List<?> list) {
            list.forEach(label -> labels.add(String.valueOf(label)));
        }
        return new Member(
                node,
                kind,
                (long) number(map, "pid"),
                number(map, "started"),
                Math.max(0, number(map, "load")),
                Math.max(0, number(map, "pinned")),
                capacity > 0 ? capacity : 1,
                labels,
                map.get("sandbox") instanceof String text ? text : null,
                refuses(map.get("refuses")));
    }

    private static Map<Path, String> refuses(@Nullable Object found) {
        Map<Path, String> refuses = new HashMap<>();
        if (found instanceof Map<?, ?> map) {
            map.forEach((job, why) -> {
                if (job instanceof Path path) {
                    refuses.put(path, String.valueOf(why));
                }
            });
        }
        return refuses;
    }

    private static double number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number && Double.isFinite(number.doubleValue())
                ? number.doubleValue()
                : 0;
    }

    /** As it is in its entry. */
    public Value encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("node", node);
        map.put("kind", kind);
        map.put("pid", pid);
        map.put("started", started);
        map.put("load", load);
        map.put("pinned", pinned);
        map.put("capacity", capacity);
        map.put("labels", List.copyOf(new TreeSet<>(labels)));
        if (sandbox != null) {
            map.put("sandbox", sandbox);
        }
        if (!refuses.isEmpty()) {
            map.put("refuses", new TreeMap<>(refuses));
        }
        return Values.encode(map);
    }
}
