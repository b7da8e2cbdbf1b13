package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.input.YamlFile;
import distkv.model.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the original's command line printed, ours prints too. */
class TranscriptTest extends ShellTest {
    @Test
    void dataIsPrintedAsTheOriginalPrintsIt() throws Exception {
        shell.set(":", "Testing");
        replay("data.txt");
    }

    @Test
    void codeAndJobsArePrintedAsTheOriginalPrintsThem() throws Exception {
        script(
                "hello.py",
                "_log.warning(\"HELLO %s from %s\", who, _client.client_name)\nreturn dict(answer=42, who=who)\n");
        script("watcher.py", code("watcher"));
        script("fail.py", code("fail"));
        replay("code-and-jobs.txt");
    }

    @Test
    void whatJobsDoIsPrintedAsTheOriginalPrintsIt() throws Exception {
        load();
        replay("running.txt");
    }

    @Test
    void errorsAreResolvedAndJobsAreDeletedAsTheOriginalDoesIt() throws Exception {
        load();
        script("hello.py", "x = 1\n");
        replay("lifecycle.txt");
        assertThat(Files.readString(directory.resolve("hello_back.py"))).startsWith("_log.warning(");
        assertThat(shell.run("client", "code", "module", "get", "m.o").out()).isEqualTo("code: |\n  x = 1\n");
    }

    private void replay(String name) throws IOException {
        for (Transcript.Step step : Transcript.read(name).steps()) {
            Shell.Result result = shell.run(words(step));
            assertThat(Transcript.comparable(result.out() + result.err()))
                    .as("%s: distkv %s", name, step.command())
                    .isEqualTo(Transcript.comparable(step.output()));
            assertThat(result.exit()).as("%s: distkv %s", name, step.command()).isEqualTo(step.exit());
        }
    }

    /** The words of a command, with the names of files made absolute. */
    private String[] words(Transcript.Step step) {
        List<String> words = new ArrayList<>();
        for (String word : step.words()) {
            words.add(word.endsWith(".py") ? directory.resolve(word).toString() : word);
        }
        return words.toArray(String[]::new);
    }

    private void script(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private static String code(String name) throws IOException {
        Object at = recorded();
        for (String key : List.of("code", "proc", "demo", name, "_", "code")) {
            at = at instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return String.valueOf(at);
    }

    private static Map<?, ?> recorded() throws IOException {
        return YamlFile.parse(Transcript.resource("running.yaml"), "running.yaml") instanceof Map<?, ?> map
                ? map
                : Map.of();
    }

    /** Fills the tree with what the original had stored while the jobs were running. */
    private void load() throws Exception {
        load(Path.of(".distkv"), recorded());
        // The original takes the state's word for it; ours believes that a job runs if somebody has its claim.
        shell.set(":.distkv.claim.any.default.w.atch", Map.of("node", "vm"));
    }

    private void load(Path at, Map<?, ?> map) throws InterruptedException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getKey().equals("_")) {
                shell.set(at.toString(), entry.getValue());
            } else {
                load(at.child(entry.getKey()), (Map<?, ?>) entry.getValue());
            }
        }
    }
}
