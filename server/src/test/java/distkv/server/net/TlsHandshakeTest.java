package distkv.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.server.LogLines;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that begin a connection and do not finish, and those who do. */
@Timeout(60)
class TlsHandshakeTest {
    private static final int HALF_OPEN = 1_000;

    @TempDir
    Path directory;

    private static SSLSocket finish(TlsTesting server) throws Exception {
        SSLSocket socket = (SSLSocket) TlsTesting.credulous()
                .getSocketFactory()
                .createSocket(server.connect(), "localhost", server.port, true);
        socket.startHandshake();
        assertThat(socket.getInputStream().read()).isPositive();
        return socket;
    }

    @Test
    void aThousandHalfOpenHandshakesDisturbNobodyAndEnd() throws Exception {
        List<Socket> halfOpen = new ArrayList<>();
        try (LogLines log = new LogLines(RefusalLog.class.getName());
                TlsTesting server = new TlsTesting(directory.resolve("tls"), Duration.ofSeconds(5))) {
            byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252};
            for (int i = 0; i < HALF_OPEN; i++) {
                Socket socket = server.connect();
                halfOpen.add(socket);
                if (i % 2 == 0) {
                    socket.getOutputStream().write(hello);
                }
            }
            finish(server).close();
            for (Socket socket : halfOpen) {
                socket.setSoTimeout(20_000);
                socket.getInputStream().readAllBytes();
            }
            finish(server).close();
            assertThat(log.lines()).hasSizeBetween(2, 21).first().asString().contains("no TLS handshake within 5.0 s");
        } finally {
            for (Socket socket : halfOpen) {
                socket.close();
            }
        }
    }

    @Test
    void aClientWithoutTlsIsToldApartInTheLog() throws Exception {
        try (LogLines log = new LogLines(RefusalLog.class.getName());
                TlsTesting server = new TlsTesting(directory.resolve("tls"), Duration.ofSeconds(10));
                Socket plain = server.connect()) {
            plain.getOutputStream().write(new byte[] {(byte) 0x81, (byte) 0xa3, 's', 'e', 'q', 1});
            plain.getInputStream().readAllBytes();
            Awaitility.await().untilAsserted(() -> assertThat(log.lines()).hasSize(1));
            assertThat(log.lines().getFirst()).contains("127.0.0.1:").contains("it does not speak TLS (expected: ");
        }
    }

    @Test
    void whoOnlyLooksWhetherThePortIsOpenIsNotWorthALine() throws Exception {
        try (LogLines log = new LogLines(RefusalLog.class.getName());
                TlsTesting server = new TlsTesting(directory.resolve("tls"), Duration.ofSeconds(10))) {
            server.connect().close();
            finish(server).close();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void aConnectionKnowsWhoIsAtTheOtherEnd() throws Exception {
        Path path = directory.resolve("distkv.sock");
        try (UnixSocket local = UnixSocket.open(path);
                TlsTesting server = new TlsTesting(
                        directory.resolve("tls"),
                        Duration.ofSeconds(10),
                        new SocketListener.Endpoint(local.channel(), null))) {
            try (SSLSocket socket = finish(server)) {
                assertThat(server.peers.remove())
                        .isEqualTo(new PeerIdentity.Tls((InetSocketAddress) socket.getLocalSocketAddress(), null));
            }
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(path));
                Awaitility.await().untilAsserted(() -> assertThat(server.peers).hasSize(1));
                assertThat(server.peers.remove()).isEqualTo(new PeerIdentity.Local(Files.getOwner(path)));
            }
        }
    }

    @Test
    void aServerStopsWhileHandshakesAreUnderWay() throws IOException {
        TlsTesting server = new TlsTesting(directory.resolve("tls"), Duration.ofSeconds(10));
        try (Socket socket = server.connect()) {
            server.close();
            assertThat(rest(socket)).as("an alert").hasSizeLessThan(16);
        }
    }

    /** What is left to read; nothing if the server had not accepted the connection yet, which resets it. */
    private static byte[] rest(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException _) {
            return new byte[0];
        }
    }
}
