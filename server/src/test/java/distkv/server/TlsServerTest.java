package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.protocol.tls.PemFile;
import distkv.server.memory.MemoryLimits;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server at a port with TLS: all that it does without. */
@Timeout(60)
class TlsServerTest {
    private static final int MB = 1 << 20;

    @TempDir
    Path directory;

    private ServerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture(
                ServerFixture.OPTIONS
                        .in(directory)
                        .withTls(new ServerOptions.Tls.Automatic())
                        .withMemory(MemoryLimits.ofHeap(40 * MB)),
                new MemoryStore("tree"));
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    /** A client that believes the server's authority only. */
    private WireClient connect() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "authority",
                PemFile.certificates(directory.resolve("tls/authority.crt")).getFirst());
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, factory.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), fixture.server.port());
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
        return new WireClient(socket);
    }

    @Test
    void requestsOfAllSizesAreAnswered() throws Exception {
        try (WireClient wire = connect()) {
            for (int size : new int[] {0, 1, 100, 8_100, 8_300, 16_383, 16_384, 16_385, 70_000, 500_000}) {
                byte[] value = new byte[size];
                assertThat(wire.call("set_value", "path", path("v"), "value", value))
                        .containsEntry("changed", true);
                assertThat(wire.call("get_value", "path", path("v")))
                        .hasEntrySatisfying(
                                "value", found -> assertThat((byte[]) found).hasSize(size));
            }
        }
    }

    @Test
    void repliesWaitForAClientThatReadsSlowly() throws Exception {
        try (WireClient wire = connect()) {
            wire.call("set_value", "path", path("big"), "value", new byte[300_000]);
            for (int i = 0; i < 10; i++) {
                wire.ask("get_value", "path", path("big"));
            }
            // All other clients are served while this one does not read.
            try (WireClient other = connect()) {
                assertThat(other.call("set_value", "path", path("a"), "value", 1))
                        .containsEntry("changed", true);
            }
            for (int i = 0; i < 10; i++) {
                assertThat((byte[]) wire.read().get("value")).hasSize(300_000);
            }
        }
    }

    @Test
    void watchesDeliver() throws Exception {
        try (WireClient watcher = connect();
                WireClient writer = connect()) {
            watcher.call("watch", "path", path("w"), "fetch", true);
            watcher.readWhere(message -> "uptodate".equals(message.get("state")));
            for (long i = 0; i < 100; i++) {
                writer.call("set_value", "path", path("w", i), "value", i);
            }
            watcher.readWhere(message -> Long.valueOf(99).equals(message.get("value")));
        }
    }

    @Test
    void itSaysHowItsCertificateIs() throws Exception {
        try (WireClient wire = connect()) {
            assertThat(wire.call("get_state", "tls", true))
                    .hasEntrySatisfying(
                            "tls", text -> assertThat(text.toString()).startsWith("certificate valid from "));
        }
    }

    @Test
    void aStopAnswersWhatHasArrived() throws Exception {
        ServerFixture shared = fixture;
        fixture = new ServerFixture(
                ServerFixture.OPTIONS.in(directory).withTls(new ServerOptions.Tls.Automatic()),
                new MemoryStore("tree"));
        try (WireClient wire = connect()) {
            long asked = wire.ask("set_value", "path", path("a"), "value", 1);
            assertThat(wire.read()).containsEntry("seq", asked).containsEntry("changed", true);
            fixture.close();
            assertThat(wire.readOrEnd()).isNull();
        } finally {
            fixture = shared;
        }
    }

    @Test
    void elsewhereThanOnLoopbackItListensWithTlsOrByAWordOnly() throws IOException {
        ServerOptions everywhere = ServerFixture.OPTIONS.at("0.0.0.0", 0);
        assertThatThrownBy(() -> new ServerFixture(everywhere, new MemoryStore("tree")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unless there is TLS)");
        for (ServerOptions options : List.of(
                everywhere.inPlaintext(),
                everywhere.in(directory.resolve("second")).withTls(new ServerOptions.Tls.Automatic()))) {
            try (ServerFixture started = new ServerFixture(options, new MemoryStore("tree"))) {
                assertThat(started.server.port()).isPositive();
            }
        }
    }
}
