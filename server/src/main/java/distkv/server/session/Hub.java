package distkv.server.session;

import distkv.model.Bytes;
import distkv.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Passes messages between the clients of this server. Everybody who monitors a topic gets its messages in the same
 * order; nothing is kept for those who come later.
 */
public final class Hub {
    /**
     * A message on its way.
     *
     * @param data what it says, {@code null} if its bytes are no MsgPack
     */
    record Message(List<String> topic, @Nullable Value data, Bytes raw) {}

    /** Guards both maps, and keeps messages in order. The locks of {@link MonitorStream} are taken inside. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<List<String>, List<MonitorStream>> exact = new HashMap<>();
    private final Map<List<String>, List<MonitorStream>> wild = new HashMap<>();

    void add(List<String> pattern, MonitorStream monitor) {
        lock.lock();
        try {
            of(pattern).computeIfAbsent(pattern, _ -> new ArrayList<>(1)).add(monitor);
        } finally {
            lock.unlock();
        }
    }

    void remove(List<String> pattern, MonitorStream monitor) {
        lock.lock();
        try {
            of(pattern).computeIfPresent(pattern, (_, monitors) -> {
                monitors.remove(monitor);
                return monitors.isEmpty() ? null : monitors;
            });
        } finally {
            lock.unlock();
        }
    }

    void send(Message message) {
        lock.lock();
        try {
            for (MonitorStream monitor : exact.getOrDefault(message.topic(), List.of())) {
                monitor.offer(message);
            }
            wild.forEach((pattern, monitors) -> {
                if (Topics.match(pattern, message.topic())) {
                    monitors.forEach(monitor -> monitor.offer(message));
                }
            });
        } finally {
            lock.unlock();
        }
    }

    private Map<List<String>, List<MonitorStream>> of(List<String> pattern) {
        return Topics.isPattern(pattern) ? wild : exact;
    }
}
