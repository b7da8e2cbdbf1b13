package distkv.cli.join;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.JoinCode;
import distkv.cli.Shell;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Session;
import distkv.client.node.CertificateRenewal;
import distkv.client.node.JoinedNode;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.protocol.tls.Fingerprint;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands by which a machine becomes a node, as two people type them: one at the server, one at the machine. */
@Timeout(60)
class JoinCommandsTest {
    @TempDir
    java.nio.file.Path directory;

    private Shell house;
    private Shell attic;
    private java.nio.file.Path data;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        house = new Shell(Files.createDirectories(directory.resolve("house")));
        attic = new Shell(Files.createDirectories(directory.resolve("attic")));
        data = Files.createDirectories(directory.resolve("house/.local/share/distkv"));
        server = Server.start(
                ServerOptions.defaults()
                        .at("127.0.0.1", 0)
                        .in(data)
                        .withTls(new ServerOptions.Tls.Automatic())
                        .open(false),
                new MemoryStore("house"));
    }

    @AfterEach
    void stop() {
        server.close();
        house.close();
        attic.close();
    }

    private static Shell.Result ok(Shell at, String... words) {
        Shell.Result result = at.runAlone(words);
        assertThat(result.exit()).as(result.err()).isZero();
        return result;
    }

    private static String refused(Shell at, String... words) {
        Shell.Result result = at.runAlone(words);
        assertThat(result.exit()).as(result.out()).isNotZero();
        // The server in this process logs as well.
        String said =
                result.err().lines().filter(line -> !line.contains(" WARNING ")).collect(Collectors.joining("\n"));
        assertThat(said.lines()).as(said).hasSizeLessThanOrEqualTo(2);
        return said;
    }

    /** What {@code node invite} prints, as the words of a command. */
    private String[] invite(String... more) {
        List<String> words = new ArrayList<>(List.of("node", "invite", "attic", "--address", "127.0.0.1"));
        words.addAll(List.of(more));
        String out = ok(house, words.toArray(String[]::new)).out();
        assertThat(out).matches("distkv join 127\\.0\\.0\\.1:" + server.port() + " [A-Za-z0-9_-]+\n");
        return out.strip().substring("distkv ".length()).split(" ", -1);
    }

    private java.nio.file.Path file() {
        return directory.resolve("attic/.config/distkv/node.pem");
    }

    private JoinedNode node() throws IOException {
        return Objects.requireNonNull(
                JoinedNode.find(Map.of("HOME", directory.resolve("attic").toString())));
    }

    @Test
    void aMachineJoinsAndItsCommandsTalkToTheServer() throws IOException {
        ok(house, "client", "data", "set", "-e", ":", "21", "room");
        assertThat(ok(attic, invite("-g", "house", "-g", "garden", "--label", "gpio"))
                        .out())
                .startsWith("This machine is now attic, a node of tls://127.0.0.1:" + server.port()
                        + ", for the jobs of groups garden, house, with gpio.\n");
        assertThat(ok(attic, "client", "data", "get", "room").out()).isEqualTo("21\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(Objects.requireNonNull(file().getParent()))))
                .isEqualTo("rwx------");
        try (var files = Files.list(Objects.requireNonNull(file().getParent()))) {
            assertThat(files).containsExactly(file());
        }
        assertThat(ok(house, "node", "list").out())
                .startsWith("NODE ")
                .containsPattern("attic +away +garden,house +gpio +\\d{4}-.* ago +\\d{4}-.*user ");
        assertThat(ok(house, "node", "list", "-o", "json").out()).contains("\"name\": \"attic\"");
    }

    @Test
    void aMachineHasNoOtherLabelsThanThoseOfItsInvitation() {
        ok(attic, invite("--label", "gpio", "--label", "usb"));
        Shell.Result result = attic.runAlone("client", "run", "all", "--label", "gpio", "--label", "zigbee");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("--label zigbee (expected: labels of the node's invitation, gpio, usb)");
    }

    @Test
    void aCodeWorksOnce() {
        String[] join = invite();
        ok(attic, join);
        assertThat(refused(house, join))
                .contains("distkv join: this code was used at 20")
                .contains("hint: 'distkv node invite NAME', where the server runs, prints a new one");
        ok(attic, "client", "data", "list", ":");
    }

    @Test
    void aCodeThatWasAlteredIsRefusedByItsSumOrByTheServer() {
        String[] join = invite();
        String code = join[2];
        join[2] = code.substring(0, 60) + (code.charAt(60) == 'x' ? 'y' : 'x') + code.substring(61);
        assertThat(refused(attic, join)).startsWith("distkv join: code: incomplete or altered (expected: ");
        JoinCode known = JoinCode.parse(code);
        join[2] = new JoinCode(known.authority(), known.id(), "0".repeat(32)).toString();
        assertThat(refused(attic, join)).startsWith("distkv join: there is no such code here (expected: ");
    }

    @Test
    void aServerWithAnotherKeyIsNotToldTheCode() {
        String[] join = invite();
        JoinCode known = JoinCode.parse(join[2]);
        join[2] = new JoinCode(new Fingerprint("0".repeat(64)), known.id(), known.secret()).toString();
        assertThat(refused(attic, join))
                .contains("the fingerprint of the server's authority is " + known.authority() + " (expected: 0000")
                .contains(
                        "hint: either HOST:PORT is not the server that has made the code, or somebody stands between");
        join[2] = known.toString();
        ok(attic, join);
    }

    @Test
    void aServerThatNobodyElseReachesSaysWhatMendsThat() throws IOException {
        assertThat(refused(house, "node", "invite", "attic"))
                .contains("listens on 127.0.0.1 only, which no other machine reaches")
                .contains("hint: start the server with 'distkv server --bind 0.0.0.0:27586 --tls auto'");
        assertThat(refused(house, "node", "invite", "a b", "--address", "attic"))
                .contains("name: 'a b' (expected: ");
        assertThat(refused(house, "node", "invite", "attic", "--address", "a;b"))
                .contains("address: 'a;b' (expected: ");
        assertThat(refused(house, "node", "invite", "attic", "--expires", "1y")).contains("--expires 1y (expected: ");
        // The server of the shell itself has no TLS.
        Shell.Result plain = house.run("node", "invite", "attic");
        assertThat(plain.exit()).isEqualTo(1);
        assertThat(plain.err()).contains("tls: none (expected: --tls auto").contains("hint: start the server with");
    }

    @Test
    void aRevokedNodeIsOutAtOnceAndCanJoinAgain() throws Exception {
        ok(attic, invite());
        String[] open = invite();
        CountDownLatch ended = new CountDownLatch(1);
        try (Client client = Client.connect(node().options())) {
            client.listen(new Client.ConnectionListener() {
                @Override
                public void disconnected(String reason) {
                    ended.countDown();
                }
            });
            ok(house, "node", "revoke", "attic");
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(refused(attic, "client", "data", "list", ":"))
                .contains("this machine is not node attic any more: tls://127.0.0.1:" + server.port()
                        + " does not know this client's certificate, or has revoked it (expected: that of a node)")
                .contains(
                        "hint: 'distkv node invite attic', where the server runs, prints the command that lets it join");
        assertThat(ok(house, "node", "list").out()).containsPattern("attic +revoked ");
        assertThat(refused(attic, open)).contains("there is no such code here");
        ok(attic, invite());
        ok(attic, "client", "data", "list", ":");
        assertThat(refused(house, "node", "revoke", "cellar"))
                .contains("node cellar: has neither joined nor been invited");
    }

    @Test
    void aCertificateIsRenewedInTimeAndTheOneBeforeStaysGood() throws Exception {
        ok(attic, invite());
        JoinedNode node = node();
        X509Certificate first = node.certificate();
        String before = Files.readString(file());
        Instant now = Instant.now();
        try (Client client = Client.connect(node.options())) {
            CertificateRenewal.renewIfDue(node, client, now.plus(Duration.ofDays(59)));
            assertThat(node.certificate()).isEqualTo(first);
            CertificateRenewal.renewIfDue(node, client, now.plus(Duration.ofDays(61)));
            assertThat(node.certificate()).isNotEqualTo(first);
            assertThat(node.certificate().getPublicKey()).isEqualTo(first.getPublicKey());
            client.reconnect("renewed");
            assertThat(client.awaitConnected(Duration.ofSeconds(10))).isTrue();
            client.get(Path.of("a"));
        }
        // As if the answer had been lost.
        Files.writeString(file(), before);
        ok(attic, "client", "data", "list", ":");
    }

    @Test
    void aRunnersCertificateIsRenewedWhileItsSessionGoesOn() throws Exception {
        ok(attic, invite());
        JoinedNode node = node();
        X509Certificate first = node.certificate();
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        CountDownLatch again = new CountDownLatch(1);
        try (Client client = Client.connect(node.options());
                Session session = client.session(Duration.ofSeconds(60))) {
            client.listen(new Client.ConnectionListener() {
                @Override
                public void connected() {
                    again.countDown();
                }

                @Override
                public void disconnected(String reason) {
                    // Not once more: by this clock the next one is due, too.
                    now.set(Instant.now());
                    assertThat(reason).contains("the certificate was renewed");
                }
            });
            try (CertificateRenewal _ = CertificateRenewal.start(node, client, now::get, Duration.ofMillis(1))) {
                now.set(Instant.now().plus(Duration.ofDays(61)));
                assertThat(again.await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(node.certificate()).isNotEqualTo(first);
            assertThat(node.certificate().getPublicKey()).isEqualTo(first.getPublicKey());
            client.get(Path.of("a"));
            assertThat(session.isLost()).isFalse();
            assertThat(client.losses()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatIsDamagedIsNamed() throws IOException {
        ok(attic, invite());
        Files.writeString(file(), "node attic\n");
        assertThat(refused(attic, "client", "data", "list", ":"))
                .contains(file() + ": damaged (expected: a file that 'distkv join' has written)")
                .contains("hint: delete it, and join again");
    }

    @Test
    void anotherServerCanStillBeNamed() throws Exception {
        ok(attic, invite());
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", attic.port()))) {
            client.set(Path.of("own"), Values.encode(1L));
        }
        assertThat(attic.run("client", "data", "get", "own").out()).isEqualTo("1\n");
        assertThat(ok(attic, "client", "-h", "tls://127.0.0.1:" + server.port(), "data", "list", ":")
                        .exit())
                .isZero();
    }
}
