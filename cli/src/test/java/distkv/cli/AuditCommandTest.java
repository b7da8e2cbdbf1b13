package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code audit}, and who wrote what is in the tree. */
@Timeout(60)
class AuditCommandTest {
    private static final String RULE_PYTHON = """
            import distkv.runner
            await _self.watch(_P("in"), fetch=False)
            await _client.set(_P("ready.python"), value=1)
            async for message in _info:
                if isinstance(message, distkv.runner.ChangeMsg):
                    await _client.set(_P("out.python"), value=message.value)
            """;
    private static final String RULE_JAVA = """
            import distkv.client.WatchOptions;
            void run(Context self) throws Exception {
                self.watch(Path.of("in"), WatchOptions.CHANGES);
                self.set(Path.of("ready", "java"), 1L);
                for (Message message : self.messages()) {
                    if (message instanceof Change(Path path, Object value, Subscription from)) {
                        self.set(Path.of("out", "java"), value);
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    private int run(ByteArrayOutputStream out, String... words) {
        List<String> all = new ArrayList<>(
                List.of("audit", "--data", directory.resolve("data").toString()));
        all.addAll(List.of(words));
        return house.commandLine(Shell.stream(out), all);
    }

    private String audit(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(run(out, words)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void itShowsWhatIsAskedForOfAServerThatHasEnded() throws Exception {
        house.set(":.distkv.code.proc.demo.x", Map.of("code", "return 1"));
        house.set(":.distkv.run.any.home.heat", Map.of("code", distkv.model.Path.of("demo", "x")));
        house.stopServer();
        assertThat(audit().lines().toList().getFirst())
                .matches("20\\S+Z  code  everybody  127.0.0.1  :.distkv.code.proc.demo.x  written, tick \\d+");
        assertThat(audit()).hasLineCount(2);
        assertThat(audit(":.distkv.run")).hasLineCount(1).contains("  job  everybody  ");
        assertThat(audit(":.distkv.code.proc.demo.y")).isEmpty();
        assertThat(audit("--user", "everybody")).hasLineCount(2);
        assertThat(audit("--user", "every")).isEmpty();
        assertThat(audit("--since", "2020-01-01")).hasLineCount(2);
        assertThat(audit("--since", "2999-01-01T00:00Z")).isEmpty();
        assertThat(audit("--since", "1h")).hasLineCount(2);
        assertThat(audit("-o", "json", ":.distkv.code"))
                .startsWith("{\"time\": \"20")
                .contains("\"action\": \"code\", \"who\": \"everybody\"")
                .hasLineCount(1);
        house.startServer();
    }

    @Test
    void itGoesOnWithWhatHappens() throws Exception {
        house.set(":.distkv.code.proc.demo.x", Map.of("code", "return 1"));
        PipedInputStream in = new PipedInputStream();
        PrintStream out = new PrintStream(new PipedOutputStream(in), true, StandardCharsets.UTF_8);
        List<String> words =
                List.of("audit", "-f", "--data", directory.resolve("data").toString());
        Thread following = Thread.ofPlatform().start(() -> house.commandLine(out, words));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).contains(":.distkv.code.proc.demo.x");
            house.set(":.distkv.code.proc.demo.y", Map.of("code", "return 1"));
            assertThat(lines.readLine()).contains(":.distkv.code.proc.demo.y");
        }
        // Nobody reads any more.
        house.set(":.distkv.code.proc.demo.z", Map.of("code", "return 1"));
        following.join();
    }

    @Test
    void itGoesOnWhereTheFileIsReplaced() throws Exception {
        Path log = Files.createDirectories(directory.resolve("other/audit")).resolve("audit.log");
        Files.writeString(log, line("demo.a"));
        PipedInputStream in = new PipedInputStream();
        PrintStream out = new PrintStream(new PipedOutputStream(in), true, StandardCharsets.UTF_8);
        List<String> words =
                List.of("audit", "-f", "--data", directory.resolve("other").toString());
        Thread following = Thread.ofPlatform().start(() -> house.commandLine(out, words));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).contains("demo.a");
            for (int i = 1; i < 4; i++) {
                Files.writeString(log, line("demo." + i), StandardOpenOption.APPEND);
                Files.move(log, log.resolveSibling("audit.log." + (4 - i)));
                Files.writeString(log, line("demo." + i + ".new"));
                assertThat(lines.readLine()).contains("demo." + i);
                assertThat(lines.readLine()).contains("demo." + i + ".new");
            }
        }
        Files.writeString(log, line("demo.z"), StandardOpenOption.APPEND);
        following.join();
    }

    private static String line(String path) {
        return "{\"time\": \"2026-12-01T04:00:00.000Z\", \"action\": \"code\", \"path\": \"" + path + "\"}\n";
    }

    @Test
    void whatItCannotDoIsOneLineAndAHint() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String none = directory.resolve("none").toString();
        assertThat(house.commandLine(Shell.stream(out), List.of("audit", "--data", none)))
                .isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("no audit log in " + none + " (expected: the data directory of a server")
                .contains("\nhint: on the server's machine");
        Path unreadable = directory.resolve("unreadable");
        Files.createDirectories(unreadable.resolve("audit/audit.log"));
        out.reset();
        assertThat(house.commandLine(Shell.stream(out), List.of("audit", "--data", unreadable.toString())))
                .isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("the audit log in " + unreadable + " cannot be read: ")
                .contains("\nhint: it is for the user that the server runs as: ")
                .hasLineCount(2);
        out.reset();
        assertThat(run(out, "--since", "yesterday")).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("--since yesterday (expected: 30s, 15m, 2h, 7d, or a time such as");
    }

    private void rule(String name, String file, String source) throws Exception {
        Path path = Files.writeString(directory.resolve(file), source);
        house.distkv("code", "set", "-s", path.toString(), "rule." + name);
        house.distkv("run", "set", "-c", "rule." + name, "-t", "0", name);
    }

    @Test
    void whatARunWritesNamesTheRunAndTheChangeThatItHandled() throws Exception {
        house.runner("attic");
        rule("python", "rule.py", RULE_PYTHON);
        rule("java", "rule.java", RULE_JAVA);
        for (String job : List.of("python", "java")) {
            house.await("ready." + job, value -> value.equals(1L));
        }
        long tick = house.client.set(distkv.model.Path.of("in"), distkv.protocol.Values.encode(7L));
        for (String job : List.of("python", "java")) {
            house.await("out." + job, value -> value.equals(7L));
            assertThat(house.distkv("data", "get", "--by", "out." + job))
                    .matches("by: '?run any.default." + job + "@attic#\\d+/\\d+'?\ncause: " + tick + "\nvalue: 7\n");
        }
        assertThat(house.distkv("data", "get", "--by", "in")).isEqualTo("by: everybody\nvalue: 7\n");
        assertThat(house.distkv("data", "get", "in")).isEqualTo("7\n");
    }
}
