package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasswordQueueTest {
    private final PasswordQueue queue = new PasswordQueue();
    private final CountDownLatch first = new CountDownLatch(1);
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();

    private void attempt(String address) {
        int before = queue.size();
        threads.add(Thread.startVirtualThread(() -> queue.inTurn(address, () -> {
            awaitFirst();
            return done.add(address);
        })));
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> queue.size() == before + 1);
    }

    private void awaitFirst() {
        try {
            first.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manyAttemptsFromOneAddressDelayOthersByOneAtMost() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            attempt("attacker");
        }
        attempt("other");
        first.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done).hasSize(51);
        assertThat(done.indexOf("other")).isLessThanOrEqualTo(2);
        assertThat(queue.size()).isZero();
    }

    @Test
    void afterAWrongPasswordTheNextAttemptComesLater() {
        long begun = System.nanoTime();
        queue.inTurn("guesser", () -> {
            queue.failed(Duration.ofMillis(100).toNanos());
            return done.add("wrong");
        });
        assertThat(done).containsExactly("wrong");
        long next = queue.inTurn("other", System::nanoTime);
        assertThat(Duration.ofNanos(next - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void anAttemptThatFailsLetsTheNextIn() {
        for (int i = 0; i < 2; i++) {
            try {
                queue.inTurn("a", () -> {
                    throw new IllegalStateException("planted");
                });
            } catch (IllegalStateException e) {
                done.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(done).containsExactly("planted", "planted");
        assertThat(queue.size()).isZero();
    }
}
