package distkv.server.message;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Passes messages between the clients of this server. All monitors of a topic get its messages in the same order; nothing
 * is kept for later ones.
 */
public final class MessageHub {
    /** Guards both maps and the order of messages. The locks of {@link MonitorStream} are taken while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    /** By topic, its levels joined by slashes: of lists, clients could choose many with the same hash. */
    private final Map<String, Monitors> exact = new HashMap<>();

    private final Map<String, Monitors> wild = new HashMap<>();

    private record Monitors(List<String> pattern, Set<MonitorStream> all) {}

    /** Starts to offer messages to a monitor. */
    public void add(List<String> pattern, MonitorStream monitor) {
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

    /** Stops offering messages to a monitor. */
    public void remove(List<String> pattern, MonitorStream monitor) {
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

    /** Offers a message to all who monitor its topic. */
    public void send(TopicMessage message) {
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
