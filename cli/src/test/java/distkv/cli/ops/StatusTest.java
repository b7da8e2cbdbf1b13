package distkv.cli.ops;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.CommandLineRun;
import distkv.cli.Shell;
import distkv.cli.context.Terminal;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.Store;
import distkv.store.engine.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
    @TempDir
    private Path directory;

    /** A store that works, and says this of itself. */
    private static Store store(String trouble) {
        MemoryStore real = new MemoryStore("house");
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("trouble")) {
                        return trouble;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private String status(String trouble) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Shell shell = new Shell(directory);
                Server server =
                        Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), store(trouble))) {
            Terminal terminal = shell.terminal(Shell.stream(out), Shell.stream(out));
            int exit = new CommandLineRun(terminal)
                    .run(List.of("-C", "connect.host=127.0.0.1", "-C", "connect.port=" + server.port(), "status"));
            assertThat(exit).isZero();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aStoreThatCannotWriteSaysWhy() throws IOException {
        assertThat(status("disk full: 12 kB of room (expected: more)"))
                .contains("disk full: 12 kB of room (expected: more)");
    }

    @Test
    void nothingIsSaidOfOneThatCan() throws IOException {
        assertThat(status("")).contains("tree: house").doesNotContain("store");
    }
}
