package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages between clients. */
@Timeout(30)
class MonitorTest extends ServerTest {
    @Test
    void aMessageReachesWhoMonitorsItsTopic() throws InterruptedException {
        try (Monitor one = client.monitor(List.of("a", "+", "c"));
                Monitor rest = client.monitor(List.of("a", "#"))) {
            direct.send(List.of("a", "b", "c"), value(1));
            direct.send(List.of("b"), value(2));
            direct.send(List.of("a", "x"), value(3));

            assertThat(one.next()).isEqualTo(new ReceivedMessage(List.of("a", "b", "c"), value(1), null));
            assertThat(rest.next()).isEqualTo(new ReceivedMessage(List.of("a", "b", "c"), value(1), null));
            assertThat(rest.next()).isEqualTo(new ReceivedMessage(List.of("a", "x"), value(3), null));
        }
    }

    @Test
    void moreMessagesThanTheWindowHoldsComeInOrder() throws InterruptedException {
        try (Client narrow = Client.connect(options().withWindow(4));
                Monitor monitor = narrow.monitor(List.of("a"))) {
            for (int i = 0; i < 100; i++) {
                direct.send(List.of("a"), value(i));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(monitor.next()).isEqualTo(new ReceivedMessage(List.of("a"), value(i), null));
            }
        }
    }

    @Test
    void aMonitorOutlivesAConnection() throws Exception {
        try (Monitor monitor = client.monitor(List.of("a"))) {
            cable.cut();
            cable.mend();
            CompletableFuture<ReceivedMessage> heard = new CompletableFuture<>();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    heard.complete(monitor.next());
                } catch (InterruptedException e) {
                    heard.completeExceptionally(e);
                }
            });

            // When it listens again is not for the sender to know, so the sender goes on until it is heard.
            do {
                direct.send(List.of("a"), value("heard"));
            } while (!isDone(heard));
            reader.join();
            assertThat(heard.join()).isEqualTo(new ReceivedMessage(List.of("a"), value("heard"), null));
        }
    }

    /** Whether it is done soon. */
    private static boolean isDone(CompletableFuture<?> future) throws Exception {
        try {
            future.get(5, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void aMonitorThatIsClosedWakesItsReader() throws InterruptedException {
        Monitor monitor = client.monitor(List.of("a"));
        Thread.ofVirtual().start(monitor::close);

        assertThat(monitor.next()).isNull();
    }
}
