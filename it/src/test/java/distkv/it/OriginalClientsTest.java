package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Python clients of the original, as they come from PyPI, against our server and its SQLite store. What is checked
 * is in {@code src/test/resources/clients/compat}, in Python; every check is a test here.
 */
class OriginalClientsTest {
    @TempDir
    static Path directory;

    private static Server server;
    private static OriginalClient distkv;
    private static OriginalClient moatKv;

    @BeforeAll
    static void startServer() throws IOException {
        distkv = OriginalClient.prepare("distkv-0.65.0");
        moatKv = OriginalClient.prepare("moat-kv-0.71.40");
        SqliteStore store = SqliteStore.open(directory.resolve("data"), SqliteOptions.of("house"));
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), store);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> distkv065WorksUnchanged() throws Exception {
        return checks(distkv);
    }

    @TestFactory
    Stream<DynamicTest> moatKv071WorksUnchanged() throws Exception {
        return checks(moatKv);
    }

    private static Stream<DynamicTest> checks(OriginalClient client) throws Exception {
        ProcessBuilder program = client.program("compat", Integer.toString(server.port()));
        Process script = OriginalClient.start(program.redirectErrorStream(true));
        List<String> lines = OriginalClient.output(script).lines().toList();
        assertThat(lines.getLast()).as(String.join("\n", lines)).startsWith("ran ");
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            List<String> trace = lines.subList(i + 1, lines.size()).stream()
                    .takeWhile(next -> next.startsWith("#"))
                    .toList();
            if (line.startsWith("ok ")) {
                tests.add(DynamicTest.dynamicTest(sentence(line.substring(3)), () -> {}));
            } else if (line.startsWith("not ok ")) {
                tests.add(DynamicTest.dynamicTest(sentence(line.substring(7)), () -> fail(String.join("\n", trace))));
            }
        }
        assertThat(lines.getLast()).isEqualTo("ran " + tests.size());
        return tests.stream();
    }

    private static String sentence(String name) {
        return name.replace('_', ' ');
    }
}
