package distkv.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.cli.House;
import distkv.cli.Lines;
import distkv.model.Path;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code prefixes: moat}: everything is below {@code :.moat.kv}, where moat-kv's own software looks for it. */
@Timeout(60)
class MoatPrefixesTest {
    @TempDir
    private java.nio.file.Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
        java.nio.file.Path file = directory.resolve(".config").resolve("distkv.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "prefixes: moat\n");
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    @Test
    void oneSettingMovesEveryPrefix() {
        Config moat = new ConfigFiles(Map.of("HOME", directory.toString())).load(null, List.of());
        assertThat(moat.allPrefixes())
                .hasSize(9)
                .allMatch(path -> path.startsWith(Path.of(".moat", "kv")))
                .contains(Path.parse(":.moat.kv.code.proc"), Path.parse(":.moat.kv.run"));
        assertThat(new ConfigFiles(Map.of()).load(null, List.of()).allPrefixes())
                .hasSize(9)
                .allMatch(path -> path.startsWith(Path.of(".distkv")));
        // Whoever names a prefix is right.
        Config mixed =
                new ConfigFiles(Map.of("HOME", directory.toString())).load(null, List.of("errors.prefix=mine.errors"));
        assertThat(mixed.path("errors.prefix")).isEqualTo(Path.parse("mine.errors"));
        assertThat(mixed.path("runner.state")).isEqualTo(Path.parse(":.moat.kv.state"));
        assertThat(mixed.forCode().get("codes")).isEqualTo(Map.of("prefix", Path.parse(":.moat.kv.code.proc")));
    }

    @Test
    void anotherValueIsRefused() {
        assertThatThrownBy(() -> new ConfigFiles(Map.of()).load(null, List.of("prefixes=mqtt")))
                .hasMessage("configuration prefixes: mqtt (expected: distkv or moat)");
    }

    @Test
    void commandsAndRunnersWorkBelowMoats() throws Exception {
        java.nio.file.Path code = Files.writeString(
                directory.resolve("note.py"),
                "await _client.set(_P('noted'), value=[str(_cfg.codes.prefix), str(_cfg.runner.state)])\n");
        house.distkv("code", "set", "-s", code.toString(), "-a", "demo.note");
        house.distkv("run", "set", "-c", "demo.note", "-t", "0", "job");
        Lines said = new Lines();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        Thread command = Thread.ofPlatform().start(() -> house.distkv(out, "run", "all"));
        assertThat(house.await("noted", value -> true)).isEqualTo(List.of(":.moat.kv.code.proc", ":.moat.kv.state"));
        house.await(
                ":.moat.kv.state.any.default.job",
                value -> value instanceof Map<?, ?> map && map.get("stopped") != null);
        command.interrupt();
        command.join();
        assertThat(house.distkv("run", "list")).contains("job");
        assertThat(house.distkv("data", "get", "-r", ":.distkv")).isEmpty();
    }
}
