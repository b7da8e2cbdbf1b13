package distkv.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.protocol.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records as no well-behaved client sends them: cut anywhere, many at once, large ones, empty ones. */
@Timeout(60)
class TlsTransportTest {
    @TempDir
    Path directory;

    private TlsTesting server;
    private SSLContext context;

    @BeforeEach
    void open() throws Exception {
        server = new TlsTesting(directory.resolve("tls"), Duration.ofSeconds(10));
        context = TlsTesting.credulous();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static byte[] request(long seq, int size) {
        return Values.encode(Map.of("seq", seq, "action", "echo", "data", new byte[size]))
                .bytes();
    }

    private static void readReplies(ClientTls client, int count) throws IOException {
        client.await("heard", count);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 1_000, 1 << 20})
    void recordsMayBeCutAnywhereAndComeTogether(int piece) throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, piece)) {
            client.open(request(1, 10));
            byte[] two = request(2, 10);
            // A request in two records, then two records with a request each, all in one packet or in many.
            client.write(Arrays.copyOf(two, 5), Arrays.copyOfRange(two, 5, two.length), request(3, 0), request(4, 100));
            readReplies(client, 4);
        }
    }

    @Test
    void aRecordMayBeLargerThanTheRoomForIt() throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, 1 << 20)) {
            client.open(request(1, 16_000));
            client.write(request(2, 16_000), request(3, 9_000), request(4, 16_000));
            client.write(new byte[0], request(5, 8_100));
            readReplies(client, 5);
        }
    }

    @Test
    void newKeysAreAnsweredWithNewKeys() throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, 1 << 20)) {
            client.open(request(1, 10));
            for (int i = 0; i < 20; i++) {
                client.renewKeys();
                client.write(request(i + 2, 10));
            }
            readReplies(client, 21);
        }
    }

    @Test
    void whoAsksForNewKeysWithoutEndIsDropped() throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, 1 << 20)) {
            client.open(request(1, 10));
            readReplies(client, 1);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            client.renewKeys();
                        }
                        client.isEnded();
                    })
                    .isInstanceOf(IOException.class);
        }
        assertServes();
    }

    @Test
    void theEndOfTheInputIsNotTheEndOfTheOutput() throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, 1 << 20)) {
            client.open(request(1, 10));
            client.write(request(2, 10), request(3, 10));
            client.finish();
            readReplies(client, 3);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void bytesThatAreNoRecordEndTheirConnectionOnly() throws IOException {
        try (var socket = server.connect()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(16);
        }
        assertServes();
    }

    private void assertServes() throws IOException {
        try (ClientTls client = new ClientTls(server.port, context, 1 << 20)) {
            client.open(request(1, 10));
            readReplies(client, 1);
        }
    }
}
