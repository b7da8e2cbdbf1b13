package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A test whose commands are typed beside a server, in this process, that wants to know who its clients are. */
@Timeout(60)
public abstract class ClosedServerTest {
    @TempDir
    protected Path home;

    protected Shell shell;
    protected Server server;
    /** The server's port, as an address. */
    protected String host;

    @BeforeEach
    protected final void startServer() throws IOException {
        shell = new Shell(home);
        Path data = Files.createDirectories(home.resolve(".local/share/distkv"));
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).in(data), new MemoryStore("house"));
        host = "127.0.0.1:" + server.port();
    }

    @AfterEach
    protected final void stopServer() {
        server.close();
        shell.close();
    }

    /** What a command prints that must succeed. */
    protected static String check(Shell.Result result) {
        assertThat(result.exit()).as(result.err()).isZero();
        return result.out();
    }
}
