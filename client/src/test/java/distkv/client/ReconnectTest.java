package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        client.listen(new ConnectionListener() {
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
    void aWriteThatWasUnderWaySaysThatItsOutcomeIsUnknown() throws InterruptedException {
        cable.freeze();
        BlockingQueue<Object> failures = new LinkedBlockingQueue<>();
        inBackground(failures, () -> client.set(path("a"), value(1)));
        cutOnceSent();

        assertThat(failures.take()).isInstanceOfSatisfying(ServerConnectionException.class, e -> {
            assertThat(e.outcomeUnknown()).isTrue();
            assertThat(e).hasMessageEndingWith("the write may have happened or not");
        });
    }

    @Test
    void aReadThatWasUnderWayJustFails() throws InterruptedException {
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
