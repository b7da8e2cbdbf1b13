package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command and output of {@code docs/migration.md}, in its order, from a directory that is not the checkout: with a
 * real runner, and files that servers of the original have saved.
 */
@Timeout(60)
class MigrationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "migration.md");

    @TempDir
    private Path directory;

    private House house;
    private final List<Thread> background = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
    }

    @AfterEach
    void stop() throws Exception {
        for (Thread command : background) {
            command.interrupt();
            command.join();
        }
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "From DistKV 0.65, distkv-full, :.distkv",
        "'From moat-kv, keeping its paths', moat-kv-partial, :.moat.kv",
        "'From moat-kv, to our paths', moat-kv-partial, :.distkv"
    })
    void theStepsLeadToATreeWhoseJobsRun(String heading, String save, String prefix) throws Exception {
        file("house.save", save);
        section(heading);
        house.await(
                prefix + ".state.any.default.answer",
                value -> value instanceof Map<?, ?> map
                        && Long.valueOf(42).equals(map.get("result"))
                        && map.get("started") instanceof Double time
                        && time > 1.75e9);
        assertThat(house.distkv("data", "get", "house.cellar.pump.hours")).isEqualTo("12345678901\n");
    }

    @Test
    void changesComeWithASecondFile() throws Exception {
        file("house.save", "distkv-full");
        file("house.log", "distkv-log-with-state");
        command("distkv import house.save");
        section("Later changes");
        assertThat(house.distkv("data", "get", "house.kitchen.temp")).isEqualTo("21.25\n");
    }

    private void file(String name, String save) throws IOException {
        try (var in =
                Objects.requireNonNull(getClass().getResourceAsStream("/distkv/cli/saves/" + save + ".msgpack"))) {
            Files.copy(in, directory.resolve(name));
        }
    }

    /** Does what a section says: its lines of configuration, its commands; compares what these print. */
    private void section(String heading) throws Exception {
        String page = Files.readString(PAGE);
        String start = "\n## " + heading + "\n";
        assertThat(page).contains(start);
        String section = page.substring(page.indexOf(start) + start.length()).split("\n## ", 2)[0];
        String[] parts = section.split("```", -1);
        int commands = 0;
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("yaml\n")) {
                Path file = directory.resolve(".config").resolve("distkv.yaml");
                Files.createDirectories(file.getParent());
                Files.writeString(file, parts[i].substring(5));
            } else if (parts[i].startsWith("console\n")) {
                for (String block : parts[i].substring("console\n$ ".length()).split("(?m)^\\$ ", -1)) {
                    String[] lines = block.split("\n", 2);
                    assertThat(command(lines[0])).as(lines[0]).isEqualTo(lines[1]);
                    commands++;
                }
            }
        }
        assertThat(commands).isPositive();
    }

    private String command(String line) throws Exception {
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        assertThat(words.removeFirst()).isEqualTo("distkv");
        words.replaceAll(word -> word.startsWith("house.save") || word.startsWith("house.log")
                ? directory.resolve(word).toString()
                : word);
        if (words.getLast().equals("&")) {
            Lines said = new Lines();
            PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
            background.add(Thread.ofPlatform().start(() -> house.commandLine(out, words.subList(0, words.size() - 1))));
            said.await("Running.", () -> {});
            return "";
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        house.commandLine(Shell.stream(out), words);
        return out.toString(StandardCharsets.UTF_8);
    }
}
