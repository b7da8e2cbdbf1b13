package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.client.transport.Address;
import distkv.client.transport.TlsSettings;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.protocol.tls.Fingerprint;
import distkv.protocol.tls.PemFile;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.server.tls.Authority;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are reached by TLS and by Unix sockets, and what is said if they are not. */
@Timeout(60)
class TransportTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    java.nio.file.Path directory;

    private Server server;
    private java.nio.file.Path authority;

    @BeforeEach
    void start() throws IOException {
        server = Server.start(
                ServerOptions.defaults()
                        .at("127.0.0.1", 0)
                        .open(true)
                        .in(directory)
                        .withTls(new ServerOptions.Tls.Automatic()),
                new MemoryStore("tree"));
        authority = directory.resolve("tls/authority.crt");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ClientOptions secure(TlsSettings tls) {
        return ClientOptions.of("tls://localhost:" + server.port(), 1).withTls(tls);
    }

    private static void use(ClientOptions options) throws InterruptedException {
        try (Client client = Client.connect(options)) {
            client.set(Path.of("a"), Values.encode(new byte[100_000]));
            assertThat(Objects.requireNonNull(client.get(Path.of("a"))).value())
                    .isEqualTo(Values.encode(new byte[100_000]));
        }
    }

    private static void assertRefused(ClientOptions options, String... words) {
        assertThatThrownBy(() -> Client.connect(options).close())
                .isInstanceOf(ServerConnectionException.class)
                .hasMessageStartingWith("cannot connect to " + options.address() + ": ")
                .hasMessageContainingAll(words);
    }

    private Fingerprint fingerprint() throws IOException {
        return Fingerprint.of(PemFile.certificates(authority).getFirst());
    }

    @Test
    void aServerIsTrustedByItsAuthoritysFileOrFingerprint() throws Exception {
        use(secure(TlsSettings.trusting(authority)));
        use(secure(TlsSettings.trusting(fingerprint())));
        use(secure(TlsSettings.trusting(
                Fingerprint.parse(fingerprint().hex().toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:")))));
    }

    @Test
    void aServerOfAnotherAuthorityIsNotTrusted() throws IOException {
        java.nio.file.Path other = directory.resolve("other");
        Authority.open(other, "other", Instant.now());
        assertRefused(secure(TlsSettings.trusting(other.resolve("authority.crt"))), "not signed by an authority");
        assertRefused(secure(TlsSettings.DEFAULT), "not signed by an authority that is trusted here");
        assertRefused(
                secure(TlsSettings.trusting(new Fingerprint("00".repeat(32)))),
                "the fingerprint of the server's authority is " + fingerprint() + " (expected: 0000");
    }

    @Test
    void aClientsCertificateIsShown() throws Exception {
        use(secure(certificate(directory.resolve("tls"), Instant.now())));
    }

    private TlsSettings certificate(java.nio.file.Path of, Instant at) throws IOException {
        Authority by = Authority.open(of, "other", Instant.now());
        KeyPair pair = Authority.newKey();
        PemFile.write(directory.resolve("client.key"), pair.getPrivate());
        PemFile.write(directory.resolve("client.crt"), List.of(by.client("attic", pair.getPublic(), at, DAY)));
        return TlsSettings.trusting(authority)
                .withCertificate(directory.resolve("client.crt"), directory.resolve("client.key"));
    }

    @Test
    void aClientsCertificateThatHasExpiredIsRefused() throws IOException {
        assertRefused(
                secure(certificate(directory.resolve("tls"), Instant.now().minus(DAY.multipliedBy(9)))),
                "it refuses this client's certificate");
    }

    @Test
    void aClientsCertificateOfAnAuthorityThatTheServerDoesNotNameIsNotShown() throws Exception {
        use(secure(certificate(directory.resolve("other"), Instant.now())));
    }

    @Test
    void aServerIsOnlyWhoItsCertificateNames() throws IOException {
        ServerOptions everywhere = ServerOptions.defaults()
                .at("0.0.0.0", 0)
                .open(true)
                .in(directory)
                .withSocket(new ServerOptions.LocalSocket.None())
                .withTls(new ServerOptions.Tls.Automatic());
        try (Server open = Server.start(everywhere, new MemoryStore("tree"))) {
            // An address that reaches the server, but is none of its interfaces'.
            assertRefused(
                    ClientOptions.of("tls://127.0.0.2:" + open.port(), 1).withTls(TlsSettings.trusting(authority)),
                    "No subject alternative names matching IP address 127.0.0.2");
        }
    }

    @Test
    void whoSpeaksTlsToAPortWithoutIsTold() throws IOException {
        try (Server plain =
                Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), new MemoryStore("tree"))) {
            assertRefused(
                    ClientOptions.of("tls://localhost", plain.port()),
                    "it does not speak TLS (expected: a port with TLS; for one without, the address without tls://)");
        }
    }

    @Test
    void whoSpeaksNoTlsToAPortWithHearsNothing() {
        assertRefused(
                ClientOptions.of("localhost", server.port()).withConnectTimeout(Duration.ofMillis(300)),
                "no greeting within 300 ms");
    }

    @Test
    void aUnixSocketNeedsNoPort() throws Exception {
        Address socket = new Address.Unix(Objects.requireNonNull(server.socketPath()));
        use(ClientOptions.of(socket));
        assertRefused(
                ClientOptions.of(new Address.Unix(directory.resolve("none"))),
                "cannot connect to unix:" + directory.resolve("none"));
    }

    @Test
    void aClientConnectsAgainThroughItsUnixSocket() throws Exception {
        ServerOptions options = ServerOptions.defaults()
                .at("127.0.0.1", 0)
                .withSocket(new ServerOptions.LocalSocket.At(directory.resolve("again.sock")));
        Server first = Server.start(options, new MemoryStore("tree"));
        Address socket = new Address.Unix(directory.resolve("again.sock"));
        try (Client client = Client.connect(ClientOptions.of(socket).withKeepAlive(Duration.ofMillis(50)))) {
            first.close();
            try (Server _ = Server.start(options, new MemoryStore("tree"))) {
                assertThat(client.awaitConnected(Duration.ofSeconds(20))).isTrue();
                client.set(Path.of("b"), Values.encode(2));
            }
        }
    }

    @Test
    void theConfigurationIsReadAndWritten() {
        assertThat(TlsSettings.of(false)).isNull();
        assertThat(TlsSettings.of(null)).isNull();
        assertThat(TlsSettings.of(true)).isEqualTo(TlsSettings.DEFAULT);
        TlsSettings all =
                Objects.requireNonNull(TlsSettings.of(Map.of("ca", "a.crt", "cert", "c.crt", "key", "c.key")));
        assertThat(TlsSettings.of(all.toConfiguration())).isEqualTo(all);
        assertThatThrownBy(() -> TlsSettings.of(Map.of("cert", "c.crt")))
                .hasMessage("tls: a certificate without its key (expected: both, or none)");
        assertThatThrownBy(() -> TlsSettings.of(Map.of("cacert", "c.crt"))).hasMessageContaining("ssl: {cacert=c.crt}");
    }
}
