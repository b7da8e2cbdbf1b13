package distkv.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what other processes do, on a machine that may be busy. */
final class Retry {
    private Retry() {}

    static void until(String what, Callable<Boolean> isSo) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(10))
                .until(isSo);
    }
}
