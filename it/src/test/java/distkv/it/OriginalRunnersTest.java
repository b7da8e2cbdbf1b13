package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner of ours beside one of the original, as it comes from PyPI: ours leaves it the group until it is gone. */
class OriginalRunnersTest {
    @TempDir
    private Path directory;

    @Test
    void aRunnerOfDistkv065HasTheGroupUntilItIsGone() throws Exception {
        OriginalClient client = OriginalClient.prepare("distkv-0.65.0");
        try (Fleet fleet = new Fleet(directory, "ours")) {
            Process theirs = runner(client, fleet);
            try {
                logged(
                        "also served by a runner of the original (node attic, heard on the topic :distkv/run/any/default)");
                fleet.job("job", true);
                Fleet.await("the job", () -> fleet.node("job").equals("attic"));
            } finally {
                theirs.destroyForcibly().waitFor();
            }
            logged("no runner of the original is heard in the group default any more");
            Fleet.await("the job here", () -> fleet.node("job").equals("ours"));
            assertThat(fleet.file("overlap")).doesNotExist();
            assertThat(fleet.stale()).isEmpty();
        }
    }

    @Test
    void aRunnerOfMoatKv071IsHeard() throws Exception {
        OriginalClient client = OriginalClient.prepare("moat-kv-0.71.40");
        try (Fleet fleet = new Fleet(directory, "ours")) {
            Process theirs = runner(client, fleet);
            try {
                logged(
                        "also served by a runner of the original (node attic, heard on the topic moat/kv/run/any/default)");
            } finally {
                theirs.destroyForcibly().waitFor();
            }
        }
    }

    private Process runner(OriginalClient client, Fleet fleet) throws Exception {
        ProcessBuilder program = client.program("compat.runner", Integer.toString(fleet.port()), "attic");
        Process runner = OriginalClient.start(
                program.redirectError(directory.resolve("theirs.log").toFile()));
        assertThat(runner.inputReader().readLine()).isEqualTo("ready");
        return runner;
    }

    private void logged(String text) {
        Fleet.await("the line " + text, () -> {
            try {
                return Files.readString(directory.resolve("ours.log")).contains(text);
            } catch (IOException e) {
                return false;
            }
        });
    }
}
