package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.server.net.LogInLimits;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client may take before it has logged in is little, and others notice nothing. */
@Timeout(60)
class LogInLimitsTest {
    private static final int CONNECTIONS = 20;
    private static final Duration SHORT = Duration.ofMillis(300);

    private final MemoryStore store = new MemoryStore("tree");
    private final Token.Created token = Token.create("t", List.of(new Grant("owner")), 0, "", new SecureRandom());
    private final List<WireClient> wires = new ArrayList<>();
    private @Nullable Server server;

    @BeforeEach
    void start() throws IOException {
        store.commit(Commit.of(Write.set(
                        AccessTable.token(token.token().id()), token.token().encode(), Expectation.anything())))
                .join();
    }

    @AfterEach
    void stop() throws IOException {
        for (WireClient wire : wires) {
            wire.close();
        }
        Objects.requireNonNull(server).close();
    }

    private void start(Duration timeout) throws IOException {
        server = Server.start(
                ServerFixture.OPTIONS.open(false), store, new LogInLimits(64 * 1024, timeout, CONNECTIONS));
    }

    private WireClient connect(String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Objects.requireNonNull(server).port()));
        WireClient wire = new WireClient(socket);
        wires.add(wire);
        return wire;
    }

    private WireClient logIn(WireClient wire) throws IOException {
        assertThat(wire.readStream(wire.ask("auth", "typ", "token", "token", token.secret())))
                .noneMatch(message -> message.containsKey("error"));
        return wire;
    }

    private static void isDismissed(WireClient wire, String reason) throws IOException {
        Map<String, Object> last = Objects.requireNonNull(wire.readOrEnd());
        assertThat(String.valueOf(last.get("error"))).contains(reason);
        assertThat(wire.readOrEnd()).isNull();
    }

    private static void works(WireClient wire) throws IOException {
        assertThat(wire.call("set_value", "path", path("a"), "value", 1)).doesNotContainKey("error");
    }

    @Test
    void aLargeMessageIsRefusedAsSoonAsItSaysThatItIs() throws IOException {
        start(Duration.ofSeconds(10));
        WireClient neighbour = logIn(connect("127.0.0.1"));
        WireClient wire = connect("127.0.0.1");
        // A map with one text of 65536 bytes, of which none has been sent.
        wire.sendBytes(new byte[] {(byte) 0x81, (byte) 0xDB, 0, 1, 0, 0});
        isDismissed(wire, "before a log-in: a message of more than 65536 bytes");
        works(neighbour);
        // The limit is gone with the log-in, for what has arrived together with it, too.
        assertThat(neighbour.call("set_value", "path", path("a"), "value", new byte[100_000]))
                .doesNotContainKey("error");
        WireClient together = connect("127.0.0.1");
        long first = together.ask("auth", "typ", "token", "token", token.secret());
        long second = together.ask("set_value", "path", path("a"), "value", new byte[100_000]);
        together.readStream(first);
        assertThat(together.read()).containsEntry("seq", second).doesNotContainKey("error");
    }

    @Test
    void whoDoesNotLogInInTimeIsTold() throws IOException {
        start(SHORT);
        WireClient neighbour = logIn(connect("127.0.0.1"));
        WireClient silent = connect("127.0.0.1");
        WireClient wrong = connect("127.0.0.1");
        wrong.readStream(wrong.ask("auth", "typ", "token", "token", "dkv_00_x"));
        isDismissed(silent, "no log-in within 0.3 s (expected: auth)");
        isDismissed(wrong, "no log-in within 0.3 s (expected: auth)");
        works(neighbour);
    }

    @Test
    void nobodyKeepsOthersFromLoggingIn() throws IOException {
        start(Duration.ofSeconds(30));
        WireClient neighbour = logIn(connect("127.0.0.1"));
        WireClient other = connect("127.0.0.2");
        List<WireClient> many = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS + 5; i++) {
            many.add(connect("127.0.0.3"));
        }
        for (int i = 0; i < 6; i++) {
            isDismissed(many.get(i), "more than " + CONNECTIONS + " connections without a log-in");
        }
        // The last ones are there, and so is the one from elsewhere, which came before all of them.
        works(logIn(many.getLast()));
        works(logIn(other));
        works(logIn(connect("127.0.0.1")));
        works(neighbour);
    }

    @Test
    void whoHasLoggedInOrIsGoneDoesNotCount() throws IOException {
        start(Duration.ofSeconds(30));
        WireClient first = connect("127.0.0.2");
        for (int i = 0; i < 2 * CONNECTIONS; i++) {
            logIn(connect("127.0.0.1"));
            try (WireClient gone = connect("127.0.0.1")) {
                assertThat(gone.call("auth_info")).doesNotContainKey("error");
                // An end that the server has seen: it ends the connection itself.
                gone.call("get_value", "path", path("a"));
                assertThat(gone.readOrEnd()).isNull();
            }
        }
        works(logIn(first));
    }
}
