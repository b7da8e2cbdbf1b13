package distkv.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SerialGateTest {
    private static final int THREADS = 4;
    private static final int EACH = 50_000;

    @Test
    void whatIsAskedForWhileItIsBeingDoneIsDoneOnceMore() {
        SerialGate gate = new SerialGate();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.isRequested()).isFalse();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.isRequested()).isTrue();
        assertThat(gate.leave()).isFalse();
        assertThat(gate.leave()).isTrue();
        assertThat(gate.enter()).isTrue();
    }

    @Test
    void nothingIsForgottenAndNeverTwoAreAtIt() throws InterruptedException {
        SerialGate gate = new SerialGate();
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        AtomicInteger within = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Not guarded by anything but the gate.
        int[] done = {0};
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < EACH; n++) {
                    asked.add(n);
                    if (gate.enter()) {
                        do {
                            most.accumulateAndGet(within.incrementAndGet(), Math::max);
                            while (asked.poll() != null) {
                                done[0]++;
                            }
                            within.decrementAndGet();
                        } while (!gate.leave());
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(1);
        assertThat(done[0]).isEqualTo(THREADS * EACH);
    }
}
