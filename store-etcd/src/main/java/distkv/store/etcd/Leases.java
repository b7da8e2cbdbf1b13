package distkv.store.etcd;

import distkv.store.engine.LeaseTimers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The leases of the tree and the servers that look after them, as the log tells. Only the server that looks after a lease
 * lets it expire: renewals are known to that one alone. The writer changes them, any thread may ask.
 */
final class Leases {
    private final Map<Long, LogSnapshot.Lease> all = new ConcurrentHashMap<>();
    private final LeaseTimers timers;
    private final String here;

    Leases(LeaseTimers timers, String here) {
        this.timers = timers;
        this.here = here;
    }

    void clear() {
        all.clear();
    }

    Map<Long, LogSnapshot.Lease> all() {
        return Map.copyOf(all);
    }

    void granted(long lease, Duration ttl, String server) {
        all.put(lease, new LogSnapshot.Lease(server, ttl));
        if (server.equals(here)) {
            timers.start(lease, ttl);
        }
    }

    /** Another server, or this one, looks after it from now on. */
    void taken(long lease, String server) {
        LogSnapshot.Lease known = all.get(lease);
        if (known != null && !known.server().equals(server)) {
            timers.ended(lease);
            granted(lease, known.ttl(), server);
        }
    }

    void ended(long lease) {
        all.remove(lease);
        timers.ended(lease);
    }

    LogSnapshot.@Nullable Lease find(long lease) {
        return all.get(lease);
    }

    boolean isHere(long lease) {
        LogSnapshot.Lease known = all.get(lease);
        return known != null && known.server().equals(here);
    }

    /** Those that a server looked after that is not there. */
    List<Long> without(Predicate<String> isThere) {
        return all.entrySet().stream()
                .filter(each -> !isThere.test(each.getValue().server()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
