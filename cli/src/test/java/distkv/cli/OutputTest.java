package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.input.YamlFile;
import distkv.model.Path;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Output that the original's recorded sessions do not show. */
class OutputTest extends ShellTest {
    @BeforeEach
    void prepare() throws Exception {
        shell.set("room.temp", 21.5);
        shell.set("room.name", "Büro");
        shell.set("house.attic.temp", 30L);
    }

    @Test
    void jsonIsOneDocumentWhereverTheOptionStands() {
        String expected = "[\n{\"path\": \"name\", \"value\": \"Büro\"},\n{\"path\": \"temp\", \"value\": 21.5}\n]\n";
        assertThat(outOf("-o", "json", "client", "data", "get", "-r", "room")).isEqualTo(expected);
        assertThat(outOf("client", "-o", "json", "data", "get", "-r", "room")).isEqualTo(expected);
        assertThat(outOf("client", "data", "get", "-o", "json", "-r", "room")).isEqualTo(expected);
        assertThat(outOf("client", "data", "room", "get", "-ro", "json")).isEqualTo(expected);
        assertThat(outOf("client", "data", "list", "-o", "json", ":")).isEqualTo("[\n\"house\",\n\"room\"\n]\n");
        assertThat(outOf("client", "data", "list", "-o", "json", "none")).isEqualTo("[]\n");
        assertThat(outOf("-o", "json", "client", "data", "get", "room.temp")).isEqualTo("21.5\n");
    }

    @Test
    void depthsLimitWhatIsShown() {
        assertThat(outOf("client", "data", "get", "-m", "1", "room")).isEqualTo("- name: Büro\n- temp: 21.5\n");
        assertThat(outOf("client", "data", "get", "-r", "-M", "3", ":")).isEqualTo("- house.attic.temp: 30\n");
        assertThat(outOf("client", "data", "get", "-re", "-m", "2", "house"))
                .isEqualTo("- ':': null\n- attic: null\n- attic.temp: 30\n");
        assertThat(outOf("client", "data", "list", "-m", "2", "house")).isEqualTo("- attic\n- attic.temp\n");
        assertThat(outOf("client", "data", "list", "-d", "_", ":")).isEqualTo("house:\n  _: null\nroom:\n  _: null\n");
    }

    @Test
    void everyCommandThatListsGivesOneJsonDocument() throws InterruptedException {
        shell.set(":.distkv.run.any.default.job", Map.of("code", Path.of("x"), "info", "a\nb"));
        shell.set(":.distkv.run.at.attic.default.job", Map.of("code", Path.of("x")));
        shell.set(":.distkv.state.any.default.job", Map.of("node", "a", "started", 1.0));
        shell.set(":.distkv.claim.any.default.job", Map.of("node", "a", "started", 1.0));
        shell.set(":.distkv.error.a:7", Map.of("subsystem", "run", "resolved", false));
        shell.set(":.distkv.code.proc.x", Map.of("code", "return 1", "info", "one"));
        shell.set(":.distkv.code.module.m", Map.of("code", "y = 1", "info", "one"));
        assertThat(json("client run list -t"))
                .isEqualTo(List.of(Map.of("job", "job", "code", "x", "nodes", List.of("a"), "state", "a")));
        assertThat(json("client run list")).isInstanceOf(List.class);
        assertThat(json("client run list -s")).isInstanceOf(List.class);
        assertThat(json("client run list -d _")).isInstanceOf(Map.class);
        assertThat(json("client run info")).isEqualTo(List.of("default"));
        assertThat(json("client run -g - info")).isEqualTo(List.of("attic"));
        assertThat(json("client run -g - list")).isEqualTo(List.of("default"));
        assertThat(json("client run history job")).isInstanceOf(List.class);
        assertThat(json("client error list")).isInstanceOf(List.class);
        assertThat(json("client error list -d _")).isInstanceOf(Map.class);
        assertThat(json("client run group list")).isInstanceOf(Map.class);
        assertThat(json("client run -g - group list")).isInstanceOf(Map.class);
        assertThat(json("client code list -s")).isEqualTo(List.of(Map.of("code", "x", "info", "one")));
        assertThat(json("client code list -d _")).isInstanceOf(Map.class);
        assertThat(json("client code module list")).isInstanceOf(List.class);
        assertThat(json("client data list -m 2 :")).isInstanceOf(List.class);
        assertThat(json("client run path job")).isInstanceOf(Map.class);
        assertThat(json("status")).isInstanceOf(Map.class);
    }

    /** What a command prints with {@code -o json}, which is one document. */
    private @Nullable Object json(String line) {
        String[] words = ("-o json " + line).split(" ", -1);
        String printed = outOf(words);
        assertThat(printed).as(line).matches("(?s)[\\[{].*[\\]}]\n");
        return YamlFile.parse(printed, line);
    }

    @Test
    void theOriginalsFormsPrintWhatTheOriginalPrints() {
        assertThat(outOf("client", "data", "room", "list")).isEqualTo("- !P name\n- !P temp\n");
        assertThat(outOf("client", "data", "room", "list", "-o", "yaml")).isEqualTo("- name\n- temp\n");
        assertThat(outOf("client", "data", "list", "room")).isEqualTo("- name\n- temp\n");
        assertThat(outOf("client", "data", "list", "-o", "wire", "room")).isEqualTo("- !P name\n- !P temp\n");
    }

    @Test
    void whoseJobsMayBeSaidBehindTheCommandToo() throws InterruptedException {
        shell.set(":.distkv.run.at.attic.house.job", Map.of("code", "x"));
        String expected = "job x -never-\n";
        assertThat(outOf("client", "run", "-n", "attic", "-g", "house", "list", "-t"))
                .isEqualTo(expected);
        assertThat(outOf("client", "run", "list", "-t", "-n", "attic", "-g", "house"))
                .isEqualTo(expected);
        assertThat(outOf("client", "run", "-n", "attic", "list", "-g", "house", "-t"))
                .isEqualTo(expected);
        assertThat(outOf("client", "run", "-n", "-", "list", "-t", "--node=attic", "-g", "house"))
                .as("what comes last counts")
                .isEqualTo(expected);
        outOf("client", "run", "group", "set", "-n", "3", "-g", "house");
        assertThat(outOf("client", "run", "group", "-g", "house", "list")).contains("wanted: 3\n");
    }

    @Test
    void rawTextHasNoQuotes() {
        assertThat(outOf("client", "data", "get", "-R", "room.name")).isEqualTo("Büro");
    }

    @Test
    void datesAreAddedWhereAskedFor() throws InterruptedException {
        shell.set("event", Map.of("at", 1795517922.25, "count", 3L));
        assertThat(outOf("client", "data", "get", "-D", "event"))
                .matches("_at: '2026-11-24 \\d\\d:58:42.250'\\n" + "at: 1795517922.25\\ncount: 3\\n");
    }

    @Test
    void aJobOfAllNodesHasAStateOnEachOfThem() throws InterruptedException {
        shell.set(":.distkv.run.all.default.load", Map.of("code", "x"));
        shell.set(":.distkv.state.all.default.a.load", Map.of("node", "a", "result", 1L));
        shell.set(":.distkv.state.all.default.b.load", Map.of("node", "b", "result", 2L));
        shell.set(":.distkv.claim.all.default.a.load", Map.of("node", "a"));
        shell.set(":.distkv.claim.all.default.b.load", Map.of("node", "b"));
        assertThat(outOf("client", "run", "-n", "-", "state", "load"))
                .isEqualTo("a:\n  node: a\n  result: 1\nb:\n  node: b\n  result: 2\n");
        assertThat(outOf("client", "run", "-n", "-", "state", "-r", "load")).isEqualTo("a: 1\nb: 2\n");
        assertThat(outOf("client", "run", "-n", "-", "list", "-t")).isEqualTo("load x a,b\n");
    }

    @Test
    void aRunningJobIsDeletedAtOnceIfItMustBe() throws InterruptedException {
        shell.set(":.distkv.run.any.default.job", Map.of("code", "x", "target", 5L));
        shell.set(":.distkv.state.any.default.job", Map.of("node", "a"));
        shell.set(":.distkv.claim.any.default.job", Map.of("node", "a"));
        assertThat(outOf("client", "run", "delete", "-f", "job")).isEqualTo("Deleted (unclean!).\n");
    }

    @Test
    void aJobWhoseRunnerIsDeadIsDeletedWithoutWaiting() throws InterruptedException {
        shell.set(":.distkv.run.any.default.job", Map.of("code", "x", "target", 5L));
        shell.set(":.distkv.state.any.default.job", Map.of("node", "a"));
        shell.set(":.distkv.claim.any.default.job.other", Map.of("node", "a"));
        assertThat(outOf("client", "run", "delete", "job")).isEqualTo("Deleted.\n");
        assertThat(shell.run("client", "run", "state", "job").exit()).isEqualTo(1);
    }

    @Test
    void aPausedJobKeepsItsTarget() throws InterruptedException {
        shell.set(":.distkv.run.any.default.job", Map.of("code", "x", "target", 5L));
        assertThat(outOf("client", "run", "pause", "job")).isEqualTo("job is paused.\n");
        assertThat(outOf("client", "run", "list", "-t")).isEqualTo("job x -paused-\n");
        assertThat(outOf("client", "run", "get", "job")).contains("paused: 5\ntarget: null\n");
        assertThat(outOf("client", "run", "pause", "job"))
                .as("twice does no harm")
                .isEqualTo("job is paused.\n");
        assertThat(outOf("client", "run", "resume", "job")).isEqualTo("job starts when it would have started.\n");
        assertThat(outOf("client", "run", "get", "job"))
                .contains("\ntarget: 5\n")
                .doesNotContain("paused");
        assertThat(shell.run("client", "run", "resume", "job").err()).contains("job is not paused");
        outOf("client", "run", "pause", "job");
        assertThat(outOf("client", "run", "restart", "job")).isEqualTo("job starts now.\n");
        assertThat(outOf("client", "run", "get", "job"))
                .contains("\ntarget: 17")
                .doesNotContain("paused");
        outOf("client", "run", "set", "-t", "-", "job");
        assertThat(shell.run("client", "run", "pause", "job").err()).contains("it would not start anyway");
        assertThat(shell.run("client", "run", "restart", "none").exit()).isEqualTo(1);
    }

    @Test
    void aPlaceThatHasOnlyChildrenSaysHowToSeeThem() {
        Shell.Result result = shell.run("client", "data", "get", "house.attic");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("No data at house.attic, only below it\nhint: 'data get -r house.attic' shows that\n");
        assertThat(shell.run("client", "data", "get", "nowhere").err()).isEqualTo("No data at nowhere\n");
    }

    @Test
    void valuesComeFromFilesAndFromStandardInput() throws IOException {
        java.nio.file.Path file = java.nio.file.Files.writeString(directory.resolve("note"), "two\nlines\n");
        outOf("client", "data", "set", "-v", ":", "@" + file, "room.note");
        assertThat(outOf("client", "data", "get", "-R", "room.note")).isEqualTo("two\nlines\n");
        java.nio.file.Files.writeString(file, "[1, 2]\n");
        outOf("client", "data", "set", "-e", "list", "@" + file, "-v", "at", "@@home", "room.items");
        assertThat(outOf("client", "data", "get", "room.items")).isEqualTo("at: '@home'\nlist:\n- 1\n- 2\n");
        java.io.InputStream before = System.in;
        try {
            System.setIn(new java.io.ByteArrayInputStream("héllo\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            outOf("client", "data", "set", "-v", "said", "-", "-v", "again", "@-", "room.items");
            System.setIn(new java.io.ByteArrayInputStream(new byte[] {-1}));
            assertThat(shell.run("client", "data", "set", "-v", ":", "-", "x").err())
                    .contains("standard input is not text");
        } finally {
            System.setIn(before);
        }
        assertThat(outOf("client", "-o", "json", "data", "get", "room.items"))
                .contains("\"said\": \"héllo\\n\"", "\"again\": \"héllo\\n\"");
        assertThat(shell.run("client", "data", "set", "-v", ":", "@/nowhere", "x")
                        .err())
                .contains("/nowhere cannot be read");
    }

    @Test
    void aJobCanBeACopyOfAnother() throws InterruptedException {
        shell.set(":.distkv.run.any.default.old", Map.of("code", "x", "repeat", 5L, "data", Map.of("a", 1L)));
        outOf("client", "run", "set", "-C", ":.distkv.run.any.default.old", "-e", "b", "2", "new");
        assertThat(outOf("client", "run", "get", "new")).isEqualTo("code: x\ndata:\n  a: 1\n  b: 2\nrepeat: 5\n");
    }

    @Test
    void groupsAreListedForEachKindOfJob() throws InterruptedException {
        shell.set(":.distkv.run.any.one.job", Map.of("code", "x"));
        shell.set(":.distkv.run.all.two.job", Map.of("code", "x"));
        shell.set(":.distkv.run.at.attic.three.job", Map.of("code", "x"));
        assertThat(outOf("client", "run", "-g", "-", "list")).isEqualTo("one\n");
        assertThat(outOf("client", "run", "-n", "-", "info")).isEqualTo("two\n");
        assertThat(outOf("client", "run", "-n", "attic", "info")).isEqualTo("three\n");
        assertThat(outOf("client", "run", "-g", "-", "info")).isEqualTo("attic\n");
    }

    @Test
    void theStatusCountsWhatThereIs() throws InterruptedException {
        shell.set(":.distkv.run.any.default.job", Map.of("code", "x"));
        shell.set(":.distkv.claim.any.default.job", Map.of("node", "a"));
        shell.set(":.distkv.presence.default.a.any", Map.of());
        shell.set(":.distkv.presence.default.a.all", Map.of());
        shell.set(":.distkv.error.a:7", Map.of("subsystem", "run", "resolved", false));
        assertThat(outOf("status"))
                .contains("tree: node1\n", "entries: 8\n", "errors: 1\n", "  total: 1\n", "  running: 1\n")
                .contains("runners:\n  default:\n    a:\n    - all\n    - any\n");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        String version = shell.runAlone("--version").out().strip().replace("distkv ", "");
        assertThat(java.nio.file.Files.readString(java.nio.file.Path.of("..", "pom.xml")))
                .contains("<revision>" + version + "</revision>");
    }

    @Test
    void everyCommandsHelpEndsWithAnExample() throws IOException {
        checkHelp(Commands.ROOT, "");
    }

    private void checkHelp(CommandDefinition word, String line) {
        String help = shell.runAlone((line + " --help").strip().split(" ", -1)).out();
        assertThat(help).as(line).startsWith("Usage: distkv" + line);
        assertThat(help.lines().toList().getLast()).as(line).startsWith("  distkv ");
        for (CommandDefinition below : word.below()) {
            if (!below.name().equals("train")) {
                checkHelp(below, line + " " + below.name());
            }
        }
    }
}
