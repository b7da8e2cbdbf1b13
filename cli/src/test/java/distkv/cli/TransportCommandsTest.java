package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that reach a server by its Unix socket, found or named, and by TLS. */
@Timeout(60)
class TransportCommandsTest {
    @TempDir
    Path home;

    private Path data;
    private Shell shell;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        shell = new Shell(home);
        data = Files.createDirectories(home.resolve(".local/share/distkv"));
        server = Server.start(
                ServerOptions.defaults()
                        .at("127.0.0.1", 0)
                        .open(true)
                        .in(data)
                        .withTls(new ServerOptions.Tls.Automatic()),
                new MemoryStore("house"));
    }

    @AfterEach
    void stop() {
        server.close();
        shell.close();
    }

    private Shell.Result ok(String... words) {
        Shell.Result result = shell.runAlone(words);
        assertThat(result.exit()).as(result.err()).isZero();
        return result;
    }

    @Test
    void theServerOfThisMachineIsFoundByItsSocket() {
        ok("client", "data", "set", "-e", ":", "7", "a");
        assertThat(ok("client", "data", "get", "a").out()).isEqualTo("7\n");
        assertThat(ok("status").out())
                .contains("server: unix:" + data.resolve("distkv.sock") + "\n")
                .contains("tls: certificate valid from ");
    }

    @Test
    void aSocketCanBeNamed() {
        String socket = "unix:" + data.resolve("distkv.sock");
        ok("client", "-h", socket, "data", "set", "-e", ":", "8", "a");
        assertThat(ok("-C", "connect.host=" + socket, "client", "data", "get", "a")
                        .out())
                .isEqualTo("8\n");
    }

    @Test
    void aServerWithTlsIsTrustedByTheConfiguration() {
        List<String> secure = List.of(
                "-C",
                "connect.ssl.ca=" + data.resolve("tls/authority.crt"),
                "client",
                "-h",
                "localhost",
                "-p",
                "" + server.port());
        List<String> set = new ArrayList<>(secure);
        set.addAll(List.of("data", "set", "-e", ":", "9", "a"));
        ok(set.toArray(String[]::new));
        List<String> get = new ArrayList<>(secure);
        get.addAll(List.of("data", "get", "a"));
        assertThat(ok(get.toArray(String[]::new)).out()).isEqualTo("9\n");
        Shell.Result refused = shell.runAlone("client", "-h", "tls://localhost:" + server.port(), "data", "get", "a");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err())
                .contains("no server at tls://localhost:" + server.port())
                .contains("its certificate is not signed by an authority that is trusted here");
    }
}
