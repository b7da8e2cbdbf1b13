package distkv.runner.group;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A heartbeat of a runner of the original. The runners of a group take turns: in each cycle one of them sends a message
 * to all, on a topic of the group.
 *
 * @param node the name of the runner's node
 * @param pause the longest time between two heartbeats in seconds, if this one says; otherwise 0
 */
public record Heartbeat(String node, double pause) {
    private static final Set<String> KINDS = Set.of("init", "vers", "ping", "hist");

    /** Reads a message of that topic; {@code null} if it is not a heartbeat. */
    public static @Nullable Heartbeat read(@Nullable Value message) {
        if (message == null
                || !(Values.decode(message) instanceof Map<?, ?> map)
                || !(map.get("t") instanceof String kind)
                || !KINDS.contains(kind)) {
            return null;
        }
        Object node = map.get("node");
        if (node == null && map.get("history") instanceof List<?> history && !history.isEmpty()) {
            node = history.getFirst();
        }
        return node instanceof String name && !name.isEmpty() ? new Heartbeat(name, pause(map)) : null;
    }

    private static double pause(Map<?, ?> map) {
        if (map.get("cycle") instanceof Number cycle && map.get("gap") instanceof Number gap) {
            double pause = cycle.doubleValue() + 2.5 * gap.doubleValue();
            return pause > 0 && Double.isFinite(pause) ? pause : 0;
        }
        return 0;
    }
}
