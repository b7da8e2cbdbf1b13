package distkv.schema.job;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says who runs a job, or stands by to. It vanishes with the session of its runner; which write made it is the fencing
 * token of the run.
 *
 * @param node whose claim it is; empty if the entry does not say
 * @param started unix time of the run's start; 0 if the entry does not say
 * @param session the session that it is bound to; 0 if the entry does not say
 */
public record ClaimEntry(String node, double started, long session) {
    /** Reads an entry; {@code null} if it is deleted. What another implementation wrote otherwise counts as absent. */
    public static @Nullable ClaimEntry read(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        Map<?, ?> map = Values.decode(value) instanceof Map<?, ?> found ? found : Map.of();
        return new ClaimEntry(
                map.get("node") instanceof String node ? node : "",
                map.get("started") instanceof Number started ? started.doubleValue() : 0,
                map.get("session") instanceof Number session ? session.longValue() : 0);
    }

    /** As it is in its entry. */
    public Value encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("node", node);
        map.put("started", started);
        map.put("session", session);
        return Values.encode(map);
    }
}
