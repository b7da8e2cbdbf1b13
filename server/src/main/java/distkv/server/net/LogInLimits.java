package distkv.server.net;

import java.time.Duration;

/**
 * What a connection may take before somebody has logged in on it.
 *
 * @param frame the largest message, in bytes
 * @param timeout how long it may take
 * @param connections how many such connections there may be at once
 */
public record LogInLimits(int frame, Duration timeout, int connections) {
    public static final LogInLimits DEFAULT = new LogInLimits(64 * 1024, Duration.ofSeconds(10), 256);
}
