package distkv.server.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows failed log-ins. After {@value #FREE} failures in a row of a user or of an address, the next attempt must wait: 1 s
 * at first, twice as long with every further failure, one minute at most. Others do not wait.
 */
public final class LoginThrottle {
    private static final int FREE = 5;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MOST_SECONDS = 60;
    /** After this time without an attempt, failures are forgotten. */
    private static final long MEMORY = Duration.ofMinutes(10).toNanos();
    /** The most that are remembered; those without an attempt for the longest time are forgotten first. */
    private static final int MOST = 10_000;

    private record Failures(int count, long last) {
        long nanosToWait(long now) {
            if (count < FREE) {
                return 0;
            }
            long wait = Math.min(MOST_SECONDS, 1L << Math.min(count - FREE, 10)) * SECOND;
            return Math.max(0, last + wait - now);
        }
    }

    private final LongSupplier nanoTime;
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST;
        }
    };

    LoginThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How long to wait before the next attempt, of all these keys; zero if it may be made now. */
    public synchronized Duration delay(String... keys) {
        long now = nanoTime.getAsLong();
        long longest = 0;
        for (String key : keys) {
            Failures known = failures.get(key);
            if (known != null) {
                longest = Math.max(longest, known.nanosToWait(now));
            }
        }
        return Duration.ofNanos(longest);
    }

    public synchronized void failed(String... keys) {
        long now = nanoTime.getAsLong();
        for (String key : keys) {
            Failures known = failures.get(key);
            int count = known == null || now - known.last() > MEMORY ? 0 : known.count();
            failures.put(key, new Failures(count + 1, now));
        }
    }

    synchronized void succeeded(String... keys) {
        for (String key : keys) {
            failures.remove(key);
        }
    }
}
