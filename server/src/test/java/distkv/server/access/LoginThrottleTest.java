package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private final AtomicLong now = new AtomicLong();
    private final LoginThrottle throttle = new LoginThrottle(now::get);

    private void fail(int times, String... keys) {
        for (int i = 0; i < times; i++) {
            throttle.failed(keys);
        }
    }

    private long seconds(String... keys) {
        return throttle.delay(keys).toSeconds();
    }

    @Test
    void theWaitDoublesUpToAMinute() {
        fail(4, "a", "u");
        assertThat(seconds("a", "u")).isZero();
        long[] waits = {1, 2, 4, 8, 16, 32, 60, 60};
        for (long wait : waits) {
            fail(1, "a", "u");
            assertThat(seconds("a")).isEqualTo(wait);
            assertThat(seconds("other", "u")).isEqualTo(wait);
        }
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(seconds("a")).isEqualTo(1);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(seconds("a")).isZero();
    }

    @Test
    void othersDoNotWait() {
        fail(20, "a", "u");
        assertThat(seconds("b", "v")).isZero();
    }

    @Test
    void aSuccessAndTimeForgiveAll() {
        fail(9, "a");
        throttle.succeeded("a");
        assertThat(seconds("a")).isZero();
        fail(9, "a");
        now.addAndGet(Duration.ofMinutes(11).toNanos());
        fail(1, "a");
        assertThat(seconds("a")).isZero();
    }

    @Test
    void whoeverKeepsTryingIsNotForgottenForOthers() {
        fail(5, "a");
        for (int i = 0; i < 20_000; i++) {
            fail(1, "a" + i);
            if (i % 1_000 == 0) {
                fail(1, "a");
            }
        }
        assertThat(seconds("a")).isPositive();
    }
}
