package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.protocol.Request;
import distkv.protocol.WriteConditions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers see when the connection breaks. */
@Timeout(30)
class ReconnectTest extends ServerTest {
    private final BlockingQueue<String> connection = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() {
        client.listen(new Client.ConnectionListener() {
            @Override
            public void connected() {
                connection.add("connected");
            }

            @Override
            public void disconnected(String reason) {
                connection.add("disconnected");
            }
        });
    }

    @Test
    void aClientConnectsAgain() throws InterruptedException {
        cable.cut();
        assertThat(connection.take()).isEqualTo("disconnected");
        assertThat(client.isConnected()).isFalse();
        cable.mend();

        client.awaitConnected();
        assertThat(connection.take()).isEqualTo("connected");
        assertThat(client.isConnected()).isTrue();
        assertThat(client.set(path("a"), value(1))).isPositive();
    }

    @Test
    void whileThereIsNoConnectionCallsFailAtOnceAndSayWhy() throws InterruptedException {
        cable.cut();
        assertThat(connection.take()).isEqualTo("disconnected");

        assertThatThrownBy(() -> client.set(path("a"), value(1)))
                .isInstanceOfSatisfying(ServerConnectionException.class, e -> {
                    assertThat(e.outcomeUnknown()).isFalse();
                    assertThat(e)
                            .hasMessageContaining("127.0.0.1:" + cable.port())
                            .hasMessageContaining("trying");
                });
    }

    @Test
    void aWriteThatIsNotAnsweredInTimeSaysThatItsOutcomeIsUnknown() throws InterruptedException {
        try (Client hasty = Client.connect(options().withCallTimeout(Duration.ofMillis(1)))) {
            cable.freeze();
            BlockingQueue<Object> failures = new LinkedBlockingQueue<>();
            inBackground(failures, () -> hasty.set(path("a"), value(1)));
            cutOnceSent();

            assertUnknown(failures.take());
        }
    }

    private static void assertUnknown(Object failure) {
        assertThat(failure).isInstanceOfSatisfying(ServerConnectionException.class, e -> {
            assertThat(e.outcomeUnknown()).isTrue();
            assertThat(e).hasMessageEndingWith("outcome unknown: read the entry before retrying");
        });
    }

    @Test
    void aWriteThatNeverCameIsMadeWhenThereIsAConnectionAgain() throws InterruptedException {
        cable.freeze();
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        inBackground(results, () -> client.set(path("a"), value(1), Expectation.absent()));
        cutOnceSent();
        assertThat(connection.take()).isEqualTo("disconnected");
        cable.mend();

        assertThat(results.take()).isEqualTo(256L);
        assertThat(direct.get(path("a"))).isEqualTo(new Entry(path("a"), value(1), 256, 0));
    }

    @Test
    void aWriteWhoseAnswerWasLostIsNotMadeTwice() throws Exception {
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        try (Watch watch = direct.watch(path("a"), WatchOptions.CHANGES)) {
            cable.silence();
            inBackground(results, () -> client.set(path("a"), value(1), Expectation.absent()));
            inBackground(
                    results,
                    () -> client.call(
                                    true,
                                    seq -> new Request.SetValue(
                                            seq,
                                            path("a.b"),
                                            false,
                                            value(2),
                                            WriteConditions.NONE,
                                            false,
                                            true,
                                            false))
                            .tock());
            Set<Long> made = new HashSet<>();
            while (made.size() < 2) {
                if (watch.next() instanceof WatchEvent.Changed(Entry entry)) {
                    made.add(entry.tick());
                }
            }
            direct.set(path("a"), value(3));
            cable.cut();
            cable.mend();

            Set<Object> told = new HashSet<>();
            told.add(results.take());
            told.add(results.take());
            assertThat(told).isEqualTo(made);
            assertThat(direct.get(path("a"))).isEqualTo(new Entry(path("a"), value(3), 768, 0));
        }
    }

    @Test
    void whatHistoryHasForgottenIsOfUnknownOutcome() throws InterruptedException {
        cable.freeze();
        BlockingQueue<Object> failures = new LinkedBlockingQueue<>();
        inBackground(failures, () -> client.set(path("a"), value(1)));
        cable.awaitHeld();
        for (int i = 0; i <= HISTORY; i++) {
            direct.set(path("b"), value(i));
        }
        cable.cut();
        cable.mend();

        assertThat(failures.take()).isInstanceOf(UnknownOutcomeException.class);
        assertThat(direct.get(path("a"))).isNull();
    }

    @Test
    void aReadThatWasUnderWayIsMadeAgain() throws InterruptedException {
        direct.set(path("a"), value(1));
        cable.freeze();
        BlockingQueue<Object> results = new LinkedBlockingQueue<>();
        inBackground(results, () -> client.get(path("a")));
        cutOnceSent();
        cable.mend();

        assertThat(results.take()).isEqualTo(new Entry(path("a"), value(1), 256, 0));
    }

    @Test
    void aClientKnowsHowManyConnectionsItHasLost() throws InterruptedException {
        assertThat(client.losses()).isZero();
        cable.cut();
        assertThat(connection.take()).isEqualTo("disconnected");
        assertThat(client.losses()).isEqualTo(1);
        assertThat(client.awaitConnected(Duration.ZERO)).isFalse();
        cable.mend();
        assertThat(client.awaitConnected(Duration.ofSeconds(20))).isTrue();
        assertThat(client.losses()).isEqualTo(1);
    }

    @Test
    void aTreeThatWasBeingReadJustFails() throws InterruptedException {
        cable.freeze();
        BlockingQueue<Object> failures = new LinkedBlockingQueue<>();
        inBackground(failures, () -> client.tree(path("a")));
        cutOnceSent();

        assertThat(failures.take())
                .isInstanceOfSatisfying(
                        ServerConnectionException.class,
                        e -> assertThat(e.outcomeUnknown()).isFalse());
    }

    @Test
    void aServerThatFallsSilentIsNoticed() throws InterruptedException {
        cable.freeze();

        assertThat(connection.take()).isEqualTo("disconnected");
        cable.mend();
        client.awaitConnected();
        assertThat(client.set(path("a"), value(1))).isPositive();
    }

    @Test
    void aClientThatIsClosedConnectsNoMore() throws InterruptedException {
        client.close();

        assertThatThrownBy(() -> client.awaitConnected()).hasMessage("the client is closed");
        assertThatThrownBy(() -> client.get(path("a"))).hasMessage("the client is closed");
    }

    private static void inBackground(BlockingQueue<Object> failures, Callable<?> call) {
        Thread.ofVirtual().start(() -> {
            try {
                failures.add(call.call());
            } catch (Exception e) {
                failures.add(e);
            }
        });
    }

    /** Cuts the cable when the frozen bytes have left the client. */
    private void cutOnceSent() throws InterruptedException {
        cable.awaitHeld();
        cable.cut();
    }
}
