package distkv.server.session;

import distkv.model.Bytes;
import distkv.model.Value;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Passes messages between the clients of this server. Everybody who monitors a topic gets its messages in the same
 * order; nothing is kept for those who come later.
 */
public final class MessageHub {
    /**
     * A message on its way.
     *
     * @param data what it says, {@code null} if its bytes are no MsgPack
     */
    record Message(List<String> topic, @Nullable Value data, Bytes raw) {}

    /** Guards both maps, and keeps messages in order. The locks of {@link MonitorStream} are taken inside. */
    private final ReentrantLock lock = new ReentrantLock();

    /** By topic, its levels with slashes between: of lists, clients could choose many that share one hash. */
    private final Map<String, Monitors> exact = new HashMap<>();

    private final Map<String, Monitors> wild = new HashMap<>();

    private record Monitors(List<String> pattern, Set<MonitorStream> all) {}

    void add(List<String> pattern, MonitorStream monitor) {
        lock.lock();
        try {
            of(pattern)
                    .computeIfAbsent(key(pattern), _ -> new Monitors(pattern, new LinkedHashSet<>(2)))
                    .all()
                    .add(monitor);
        } finally {
            lock.unlock();
        }
    }

    void remove(List<String> pattern, MonitorStream monitor) {
        lock.lock();
        try {
            of(pattern).computeIfPresent(key(pattern), (_, monitors) -> {
                monitors.all().remove(monitor);
                return monitors.all().isEmpty() ? null : monitors;
            });
        } finally {
            lock.unlock();
        }
    }

    void send(Message message) {
        lock.lock();
        try {
            Monitors here = exact.get(key(message.topic()));
            if (here != null) {
                here.all().forEach(monitor -> monitor.offer(message));
            }
            for (Monitors monitors : wild.values()) {
                if (TopicPattern.match(monitors.pattern(), message.topic())) {
                    monitors.all().forEach(monitor -> monitor.offer(message));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static String key(List<String> topic) {
        return String.join("/", topic);
    }

    private Map<String, Monitors> of(List<String> pattern) {
        return TopicPattern.isPattern(pattern) ? wild : exact;
    }
}
