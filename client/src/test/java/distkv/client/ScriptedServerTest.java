package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import distkv.model.Path;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.codec.RequestDecoder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client makes of servers that are none, or other ones. */
@Timeout(30)
class ScriptedServerTest {
    private final ServerSocket listener = listen();

    private final CompletableFuture<Integer> answered = new CompletableFuture<>();

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', no greeting",
        "48545450, begins with byte 48 (expected: a MsgPack map)",
        "81a173dbffffffff, more than 16777216 bytes",
        "81a173, end of stream after 3 bytes",
        "82a373657101a4746f636b05, no greeting first"
    })
    void whatIsNoGreetingIsNoServer(String hex, String reason) {
        serve(HexFormat.of().parseHex(hex));

        assertThatThrownBy(() -> Client.connect(options()))
                .isInstanceOf(ServerConnectionException.class)
                .hasMessageContaining("cannot connect to 127.0.0.1:" + listener.getLocalPort())
                .hasMessageContaining(reason);
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() {
        assertThatThrownBy(() -> Client.connect(options().withConnectTimeout(Duration.ofMillis(50))))
                .isInstanceOf(ServerConnectionException.class)
                .hasMessageContaining("timed out");
    }

    @Test
    void garbageAfterTheGreetingEndsTheConnectionWithAReason() throws InterruptedException {
        serve(
                frame(Map.of("seq", 0, "node", "old", "version", List.of(0, 65, 0), "tick", 1, "tock", 2)),
                frame(Map.of("seq", 1, "node", "old", "nodes", Map.of("old", 1), "tock", 3)),
                new byte[] {(byte) 0xC1});
        try (Client client = Client.connect(options())) {
            assertThat(client.treeName()).isEqualTo("old");
            assertThatThrownBy(() -> client.get(Path.of("a")))
                    .isInstanceOf(ServerConnectionException.class)
                    .hasMessageContaining("lost");
        }
    }

    @Test
    void aServerThatCountsOnlyTenItemsIsAnsweredAccordingly() throws Exception {
        serve(
                frame(Map.of("seq", 0, "node", "old", "version", List.of(0, 65, 0), "tick", 1, "qlen", 10)),
                frame(Map.of("seq", 1, "node", "old", "nodes", Map.of("old", 1), "tock", 3)));
        try (Client client = Client.connect(options())) {
            assertThat(client.greeting().qlen()).isEqualTo(10);
            assertThat(answered.get()).isEqualTo(10);
        }
    }

    @Test
    void aSessionIsRenewedThoughTheClientsConnectionIsHeldUp() throws InterruptedException {
        serveAllButTheFirst(400);
        try (Client client = Client.connect(options())) {
            Session session = client.session(Duration.ofMillis(400));
            long first = session.deadline();
            await().until(() ->
                    session.deadline() - first >= Duration.ofMillis(800).toNanos());
        }
    }

    /** A server that is busy with the client's first connection, and answers on others. */
    private void serveAllButTheFirst(int ttlMillis) {
        Thread.ofVirtual().start(() -> {
            try {
                for (int connection = 0; true; connection++) {
                    Socket socket = listener.accept();
                    boolean first = connection == 0;
                    Thread.ofVirtual().start(() -> serve(socket, first, ttlMillis / 1e3));
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    private static void serve(Socket socket, boolean first, double ttl) {
        try (socket) {
            OutputStream out = socket.getOutputStream();
            FrameReader in = new FrameReader(socket.getInputStream(), FrameLimits.DEFAULT);
            out.write(frame(Map.of("seq", 0, "node", "new", "version", List.of(0, 65, 0), "tick", 1, "tock", 2)));
            for (Frame frame = in.next(); frame != null; frame = in.next()) {
                switch (RequestDecoder.decode(frame)) {
                    case Request.GetState state ->
                        out.write(frame(Map.of("seq", number(state.seq()), "nodes", Map.of("new", 1), "tock", 3)));
                    case Request.OpenSession open ->
                        out.write(frame(
                                Map.of("seq", number(open.seq()), "session", 7, "secret", "s", "ttl", ttl, "tock", 4)));
                    case Request.AttachSession attach
                    when !first ->
                        out.write(frame(Map.of("seq", number(attach.seq()), "session", 7, "ttl", ttl, "tock", 5)));
                    default -> {}
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static long number(Seq seq) {
        return ((Seq.Int) seq).value();
    }

    /** Sends the first of these to the first client, and each of the others after one request of it. */
    private void serve(byte[]... script) {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listener.accept()) {
                OutputStream out = socket.getOutputStream();
                FrameReader in = new FrameReader(socket.getInputStream(), FrameLimits.DEFAULT);
                for (byte[] bytes : script) {
                    out.write(bytes);
                    if (script.length == 1) {
                        socket.shutdownOutput();
                    }
                    Frame frame = in.next();
                    while (frame != null && RequestDecoder.decode(frame) instanceof Request.Hello(int qlen, var _)) {
                        answered.complete(qlen);
                        frame = in.next();
                    }
                }
            } catch (IOException e) {
                // The client has gone, which is what it should do.
            }
        });
    }

    private static byte[] frame(Map<?, ?> map) {
        return Values.encode(map).bytes();
    }

    private ClientOptions options() {
        return ClientOptions.of("127.0.0.1", listener.getLocalPort());
    }
}
