package distkv.cli.ops;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import distkv.cli.input.EntryFile;
import distkv.model.Nil;
import distkv.model.Value;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that the servers of DistKV 0.65 and moat-kv 0.71 have saved ({@code it/src/test/resources/clients/saves.py}
 * makes them), beside what their clients read from them at that moment, the {@code truth}.
 */
class ImportTest extends ShellTest {
    private static Path save(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(ImportTest.class.getResource("/distkv/cli/saves/" + name + ".msgpack"))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the original's client read. */
    private static Map<distkv.model.Path, Value> truth(String original) {
        Map<distkv.model.Path, Value> truth = new TreeMap<>();
        try (EntryFile items = new EntryFile(save(original + "-truth"))) {
            for (EntryFile.Item item = items.next(); item != null; item = items.next()) {
                truth.put(Objects.requireNonNull(item.path()), Objects.requireNonNull(item.value()));
            }
            // moat-kv's shows its internal tree below the root.
            truth.keySet().removeIf(path -> path.startsWith(distkv.model.Path.of(Nil.NIL)));
        }
        return truth;
    }

    /** The same, below other prefixes. */
    private static Map<distkv.model.Path, Value> moved(Map<distkv.model.Path, Value> tree) {
        PrefixMap map =
                new PrefixMap(Map.of(distkv.model.Path.parse(":.moat.kv"), distkv.model.Path.parse(":.distkv")));
        return tree.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> map.path(entry.getKey()), Map.Entry::getValue, (a, b) -> b, TreeMap::new));
    }

    /** As decoded values, since the width of a number may differ. */
    private static Map<String, Object> plain(Map<distkv.model.Path, Value> tree) {
        return tree.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().toString(),
                        entry -> shown(Values.decode(entry.getValue())),
                        (a, b) -> b,
                        TreeMap::new));
    }

    private static String shown(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case List<?> list -> list.stream().map(ImportTest::shown).toList().toString();
            case Map<?, ?> map -> {
                Map<String, String> sorted = new TreeMap<>();
                map.forEach((key, item) -> sorted.put(shown(key), shown(item)));
                yield sorted.toString();
            }
            case Path path -> throw new IllegalArgumentException(path.toString());
            case null -> "nil";
            default -> value.getClass().getSimpleName() + " " + value;
        };
    }

    @ParameterizedTest
    @CsvSource({"distkv, full", "distkv, partial", "distkv, log", "moat-kv, full", "moat-kv, partial", "moat-kv, log"})
    void whatTheOriginalSavedIsThereAsItsClientReadsIt(String original, String kind) {
        Shell.Result result = shell.run("import", save(original + "-" + kind).toString());
        assertThat(result.exit()).as(result.err()).isZero();
        Map<distkv.model.Path, Value> truth = truth(original);
        if (kind.equals("log")) {
            // It began when the root had been written.
            truth.remove(distkv.model.Path.ROOT);
        }
        assertThat(plain(shell.all())).isEqualTo(plain(truth)).hasSizeGreaterThan(20);
        assertThat(result.out()).startsWith("deleted: 0\n").endsWith("written: " + truth.size() + "\n");
    }

    @Test
    void whatCannotBeCarriedOverIsListed() {
        assertThat(shell.run("import", save("distkv-full").toString()).out()).isEqualTo("""
                        deleted: 0
                        not carried over:
                        - entries: 1
                          what: 'access lists: our server has roles and users instead'
                          where: :n.acl
                        - entries: 1
                          what: 'codecs: every client gets values as they are stored'
                          where: :n.codec
                        - entries: 1
                          what: 'which codec is where: every client gets values as they are stored'
                          where: :n.conv
                        - entries: 1
                          what: 'which type is where: our server takes any value'
                          where: :n.match
                        - entries: 1
                          what: 'types: our server takes any value'
                          where: :n.type
                        unchanged: 0
                        written: 22
                        """);
        assertThat(shell.run("import", save("distkv-partial").toString()).out())
                .isEqualTo("deleted: 0\nnot carried over: []\nunchanged: 22\nwritten: 0\n");
    }

    @Test
    void aLogChangesAndDeletes() {
        shell.run("import", save("distkv-full").toString());
        String log = save("distkv-log-with-state").toString();
        Shell.Result refused = shell.run("import", log);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err())
                .hasLineCount(2)
                .contains("2 entries of the tree have other values in ", ", for example house.kitchen.")
                .contains("\nhint: --replace ");
        Shell.Result result = shell.run("import", "--replace", log);
        assertThat(result.out()).startsWith("deleted: 1\n").endsWith("unchanged: 20\nwritten: 2\n");
        assertThat(shell.get("house.kitchen.temp")).isEqualTo(21.25);
        assertThat(shell.get("house.kitchen.oven")).isEqualTo("off");
        assertThat(shell.run("client", "data", "get", "house.kitchen.light").exit())
                .isEqualTo(1);
    }

    @Test
    void whatIsMoatsGoesWhereTheConfigurationLooks() {
        Shell.Result as = shell.run("import", save("moat-kv-full").toString());
        assertThat(as.err()).hasLineCount(2).contains("11 entries are below :.moat.kv, ", "--moat", "prefixes: moat");
        try (Shell other = new Shell(directory)) {
            Shell.Result result =
                    other.run("import", "--moat", save("moat-kv-full").toString());
            assertThat(result.err()).isEmpty();
            Map<String, Object> truth = new TreeMap<>(plain(moved(truth("moat-kv"))));
            truth.replaceAll((_, value) -> String.valueOf(value).replace(":.moat.kv.", ":.distkv."));
            assertThat(plain(other.all())).isEqualTo(truth);
            assertThat(other.run("client", "run", "get", "answer").out()).contains("code: forty.two");
            assertThat(other.run("client", "error", "list").out()).contains("any answer", "It failed.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Or nothing is moved, and all commands look where moat-kv has it.
        assertThat(shell.run("-C", "prefixes=moat", "client", "run", "get", "answer")
                        .out())
                .contains("code: forty.two");
        assertThat(shell.run("-C", "prefixes=moat", "client", "error", "list").out())
                .contains("It failed.");
        assertThat(shell.run(
                                "-C",
                                "prefixes=moat",
                                "import",
                                save("moat-kv-full").toString())
                        .err())
                .isEmpty();
        assertThat(shell.run("client", "run", "get", "answer").exit()).isEqualTo(1);
    }

    @Test
    void anySubtreeCanBePutElsewhere() {
        shell.run(
                "import",
                "--map",
                "house=home.old",
                "--map",
                "house.cellar=cellar",
                save("distkv-full").toString());
        assertThat(shell.get("home.old.kitchen.temp")).isEqualTo(20.5);
        assertThat(shell.get("cellar.pump.hours")).isEqualTo(12345678901L);
        assertThat(shell.run("client", "data", "get", "odd.path").out()).contains("home.old.kitchen");
        for (String wrong : List.of("house", "=a", "house=", "a..b=c")) {
            Shell.Result result =
                    shell.run("import", "--map", wrong, save("distkv-full").toString());
            assertThat(result.exit()).isEqualTo(2);
            assertThat(result.err()).contains("--map " + wrong + " (expected: two paths");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"distkv-full", "moat-kv-full", "distkv-log"})
    void aFileThatIsCutOffOrGarbledIsRefusedBeforeAnythingIsWritten(String name) throws IOException {
        byte[] whole = Files.readAllBytes(save(name));
        Path file = directory.resolve("cut");
        for (int length : new int[] {0, 1, 40, 200, whole.length / 2, whole.length - 1}) {
            byte[] cut = Arrays.copyOf(whole, length);
            Files.write(file, cut);
            Shell.Result result = shell.run("import", file.toString());
            assertThat(result.exit()).as("cut after %d", length).isEqualTo(1);
            assertThat(result.err()).hasLineCount(1).contains(file.toString());
        }
        assertThat(shell.all()).isEmpty();
    }

    @Test
    void whatIsNoFileOfTheOriginalIsRefusedWithAClearLine() throws Exception {
        shell.set("a", 1L);
        String backup = directory.resolve("ours").toString();
        shell.run("backup", backup);
        refused(backup, "is a backup of our own (expected: ");
        refused("/dev/null", "it is empty (expected: ");
        refused(directory.toString(), "Is a directory");
        refused(directory.resolve("none").toString(), "cannot be read");
        refused(file("a: 1\n".getBytes(StandardCharsets.UTF_8)), "(expected: a file of MsgPack maps)");
        refused(file(maps(Map.of("path", List.of("a"), "value", 1L))), "item 1, a, has no depth or no chain");
        refused(file(maps(Map.of("path", List.of("a"), "value", 1L, "depth", 0L))), "has no depth or no chain");
        refused(file(maps(Map.of("x", 1L))), "item 1 is a map of [x]");
        refused(file(maps(Map.of())), "item 1 is a map of nothing");
        refused(
                file(maps(Map.of("path", List.of("a"), "value", 1L, "depth", 2L, "chain", Map.of()))),
                "depth: 2 (expected: 0 to 0, the length of the path before)");
        refused(file(maps(Map.of("path", 7L, "value", 1L, "depth", 0L, "chain", Map.of()))), "item 1");
        assertThat(shell.all()).hasSize(1);
    }

    @Test
    void aChangeThatALaterOneHasOvertakenDoesNotCount() throws IOException {
        MsgWriter log = new MsgWriter();
        for (int tock : List.of(7, 9, 8)) {
            log.value(Values.encode(Map.of("path", List.of("a"), "value", tock, "tock", tock, "depth", 0, "tick", 1)));
        }
        assertThat(shell.run("import", file(log.toByteArray())).out()).endsWith("written: 1\n");
        assertThat(shell.get("a")).isEqualTo(9L);
    }

    @Test
    void aLongImportTellsHowFarItIs() throws IOException {
        MsgWriter save = new MsgWriter();
        for (int i = 0; i < 20_500; i++) {
            save.value(Values.encode(Map.of("path", List.of(i), "value", i, "depth", 0, "chain", Map.of())));
        }
        Shell.Result result = shell.run("import", file(save.toByteArray()));
        assertThat(result.err()).isEqualTo("10000 of 20500 entries written\n20000 of 20500 entries written\n");
        assertThat(result.out()).endsWith("written: 20500\n");
    }

    private void refused(String file, String reason) {
        Shell.Result result = shell.run("import", file);
        assertThat(result.exit()).as(reason).isEqualTo(1);
        assertThat(result.err().lines().findFirst().orElse("")).contains(file, reason);
        assertThat(result.out()).isEmpty();
    }

    private String file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("other"), bytes).toString();
    }

    private static byte[] maps(Map<String, ?> map) {
        return new MsgWriter().value(Values.encode(map)).toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"distkv", "moat-kv"})
    void updateReadsThemRightlyToo(String original) {
        Shell.Result result = shell.run(
                "client", "data", "update", "-i", save(original + "-full").toString(), "old");
        assertThat(result.out()).isEqualTo("22 entries written\n");
        assertThat(result.err()).hasLineCount(1).contains("5 entries of an internal tree were left out");
        Map<distkv.model.Path, Value> found = shell.all();
        Map<distkv.model.Path, Value> truth = new TreeMap<>();
        truth(original)
                .forEach((path, value) -> truth.put(distkv.model.Path.of("old").append(path), value));
        assertThat(plain(found)).isEqualTo(plain(truth));
        shell.run(
                "client",
                "data",
                "update",
                "-i",
                save(original + "-log-with-state").toString(),
                "old");
        assertThat(shell.get("old.house.kitchen.oven")).isEqualTo("off");
        assertThat(shell.run("client", "data", "get", "old.house.kitchen.light").exit())
                .isEqualTo(1);
        Shell.Result wrong = shell.run("client", "data", "update", "-i", "/dev/null", "old");
        assertThat(wrong.out()).isEqualTo("0 entries written\n");
    }

    @Test
    void updateRefusesMapsThatAreNoEntries() throws IOException {
        Shell.Result result = shell.run("client", "data", "update", "-i", file(maps(Map.of("x", 1L))), "old");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("a map of [x] (expected: maps with path and value)");
    }
}
