package distkv.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.House;
import distkv.cli.Lines;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code run logs}, with a real runner and job. */
@Timeout(60)
class RunLogsTest {
    /** It logs what it finds at {@code say}. */
    private static final String CODE = """
            await _self.watch(_P("say"))
            async for msg in _info:
                if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, "value"):
                    getattr(_log, msg.value[0])(msg.value[1])
            """;

    @TempDir
    private java.nio.file.Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
        house.runner("attic");
        java.nio.file.Path file = Files.writeString(directory.resolve("say.py"), CODE);
        house.distkv("code", "set", "-s", file.toString(), "demo.say");
        house.distkv("run", "set", "-c", "demo.say", "-t", "0", "house.say");
        house.distkv("run", "set", "-c", "demo.say", "-t", "0", "other");
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    /** Follows the logs, while things are logged, until there is a line with this; returns the line. */
    private String follow(String wanted, String... options) throws Exception {
        Lines lines = new Lines();
        List<String> words = new ArrayList<>(List.of("run", "logs"));
        words.addAll(List.of(options));
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> house.distkv(new PrintStream(lines, true, StandardCharsets.UTF_8), words.toArray(String[]::new)));
        String found = lines.await(wanted, this::say);
        lines.close();
        say();
        assertThat(exit.join()).isZero();
        return found;
    }

    private void say() throws Exception {
        house.set("say", List.of("warning", "look out\nbelow"));
        house.set("say", List.of("error", "it is broken"));
    }

    @Test
    void whatJobsLogIsShownWithTimeNodeLevelAndJob() throws Exception {
        assertThat(follow("house.say"))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  attic      (WARNING|ERROR) +house\\.say: .*");
        assertThat(follow("look out")).contains("WARNING");
        assertThat(follow("below")).isEqualTo("  below");
        assertThat(follow("other: it is broken")).contains("ERROR");
    }

    @Test
    void onlyThoseOfAJobAndOfALevelAreShownThatAreAskedFor() throws Exception {
        assertThat(follow("attic", "-l", "ERROR", "house")).endsWith("ERROR    house.say: it is broken");
    }

    @Test
    void programsGetADocumentForEachLine() throws Exception {
        assertThat(follow("attic", "-o", "json", "-l", "ERROR", "other"))
                .startsWith("{\"time\": ")
                .endsWith("\"node\": \"attic\", \"level\": \"ERROR\", \"job\": \"other\", \"text\": \"it is broken\"}");
    }
}
