package distkv.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.protocol.tls.PemFile;
import distkv.server.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerTlsTest {
    private static final Instant START = Instant.parse("2026-12-01T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Instant now = START;
    private final List<String> hosts = new ArrayList<>(List.of("attic", "127.0.0.1", "0:0:0:0:0:0:0:1"));

    private ServerTls automatic() throws IOException {
        OwnCertificate own = new OwnCertificate(directory.resolve("tls"), "house", () -> List.copyOf(hosts), now);
        return new ServerTls(own, own.authority(), () -> now);
    }

    private X509Certificate inUse() throws IOException {
        return PemFile.certificates(directory.resolve("tls/server.crt")).getFirst();
    }

    @Test
    void theAuthorityIsMadeOnceAndSignsForAllNames() throws Exception {
        ServerTls first = automatic();
        X509Certificate certificate = inUse();
        var authority = Objects.requireNonNull(first.authority());
        certificate.verify(authority.certificate().getPublicKey());
        assertThat(certificate.getSubjectAlternativeNames().stream().map(pair -> String.valueOf(pair.get(1))))
                .containsExactlyInAnyOrderElementsOf(List.copyOf(hosts));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(START.plus(OwnCertificate.LIFE));
        assertThat(certificate.getNotBefore().toInstant()).isBefore(START);
        assertThat(first.status()).isEqualTo("certificate valid from 2026-11-30T23:00:00Z to 2027-03-01T00:00:00Z");
        assertThat(Objects.requireNonNull(automatic().authority()).fingerprint())
                .isEqualTo(authority.fingerprint());
        assertThat(inUse()).isEqualTo(certificate);
    }

    @Test
    void onlyTheOwnerReadsTheKeys() throws IOException {
        automatic();
        assertThat(mode("tls")).isEqualTo("rwx------");
        assertThat(mode("tls/authority.key")).isEqualTo("rw-------");
        assertThat(mode("tls/server.key")).isEqualTo("rw-------");
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file)));
    }

    @Test
    void aCertificateIsRenewedAfterTwoThirdsOfItsLife() throws IOException {
        ServerTls tls = automatic();
        X509Certificate first = inUse();
        now = START.plus(DAY.multipliedBy(59));
        tls.look();
        assertThat(inUse()).isEqualTo(first);
        now = START.plus(DAY.multipliedBy(61));
        tls.look();
        assertThat(inUse()).isNotEqualTo(first);
        assertThat(tls.status()).startsWith("certificate valid ").contains("to 2027-05-01T00:00:00Z");
    }

    @Test
    void aCertificateForMoreNamesIsMadeWhenThereAreMore() throws IOException {
        ServerTls tls = automatic();
        hosts.add("192.168.1.7");
        now = now.plus(Duration.ofMinutes(2));
        tls.look();
        assertThat(OwnCertificate.names(inUse())).contains("192.168.1.7", "attic");
        X509Certificate second = inUse();
        hosts.remove("attic");
        now = now.plus(Duration.ofMinutes(2));
        tls.look();
        assertThat(inUse()).isEqualTo(second);
    }

    @Test
    void aClockThatWasFarOffCostsOnlyACertificate() throws IOException {
        now = START.plus(DAY.multipliedBy(300));
        ServerTls tls = automatic();
        now = START;
        try (LogLines log = new LogLines(ServerTls.class.getName())) {
            tls.look();
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst())
                    .contains("the authority is valid from 2027-09-26T23:00:00Z")
                    .contains("it is 2026-12-01T00:00:00Z now")
                    .contains("is the clock right?");
        }
        assertThat(tls.status()).contains("are it and the clock right?").contains("WARNING: ");
        now = START.plus(DAY.multipliedBy(301));
        tls.look();
        assertThat(tls.status()).startsWith("certificate valid from ");
    }

    private void write(String host, Authority by, Instant at, Duration life, boolean withKey) throws IOException {
        KeyPair pair = Authority.newKey();
        X509Certificate made = by.server(host, List.of(host), pair.getPublic(), at, life);
        PemFile.write(directory.resolve("own.crt"), List.of(made, by.certificate()));
        if (withKey) {
            PemFile.write(directory.resolve("own.key"), pair.getPrivate());
        }
    }

    private String subject(ServerTls tls) {
        return tls.credentials().certificate().getSubjectX500Principal().getName();
    }

    @Test
    void filesAreReadAgainWhenTheyChangeAndABrokenOneKeepsTheOneBefore() throws IOException {
        Authority authority = Authority.open(directory.resolve("tls"), "test", now);
        write("one", authority, now, DAY, true);
        CertificateFiles files = new CertificateFiles(directory.resolve("own.crt"), directory.resolve("own.key"), null);
        ServerTls tls = new ServerTls(files, null, () -> now);
        assertThat(subject(tls)).isEqualTo("CN=one");
        assertThat(tls.engine().getWantClientAuth()).isFalse();
        write("two", authority, now, DAY, true);
        tls.look();
        assertThat(subject(tls)).isEqualTo("CN=two");
        try (LogLines log = new LogLines(ServerTls.class.getName())) {
            write("three", authority, now, DAY, false);
            tls.look();
            tls.look();
            assertThat(subject(tls)).isEqualTo("CN=two");
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst())
                    .contains("own.key: the key is another one's (expected: that of the certificate)")
                    .contains("the certificate before stays in use");
            assertThat(tls.status()).contains("WARNING: ").contains("own.key");
            Files.writeString(directory.resolve("own.crt"), "nonsense");
            tls.look();
            assertThat(log.lines().getLast()).contains("own.crt: no certificate");
        }
        write("four", authority, now, DAY, true);
        tls.look();
        assertThat(subject(tls)).isEqualTo("CN=four");
        assertThat(tls.status()).doesNotContain("WARNING");
    }

    @Test
    void aCertificateThatHasExpiredIsUsedButReported() throws IOException {
        Authority authority = Authority.open(directory.resolve("tls"), "test", now);
        write("old", authority, now.minus(DAY.multipliedBy(9)), DAY, true);
        try (LogLines log = new LogLines(ServerTls.class.getName())) {
            ServerTls tls = new ServerTls(
                    new CertificateFiles(directory.resolve("own.crt"), directory.resolve("own.key"), null),
                    null,
                    () -> now);
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().getFirst()).contains("clients will refuse it");
            assertThat(tls.status()).contains("and it is 2026-12-01T00:00:00Z now");
        }
    }

    @Test
    void filesThatAreNotThereAreNamedAtTheStart() {
        assertThatThrownBy(() -> ServerTls.ofFiles(directory.resolve("none.crt"), directory.resolve("none.key"), null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.key cannot be read: there is no such file");
    }

    @Test
    void theNamesOfAServerAreThoseOfItsAddress() throws IOException {
        assertThat(new HostNames("127.0.0.1", InetAddress.getLoopbackAddress()).get())
                .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(new HostNames("0.0.0.0", new InetSocketAddress(0).getAddress()).get())
                .doesNotContain("0.0.0.0")
                .contains("127.0.0.1");
    }
}
