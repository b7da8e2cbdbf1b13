package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that follow what runners do, with real ones. */
@Timeout(60)
class LiveCommandsTest {
    @TempDir
    private java.nio.file.Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
        house.runner("attic");
        house.runner("cellar");
        house.store("scale");
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    /** When it is told to end it takes its time, so that a command that does not wait for the end is noticed. */
    private static final String WAITING = """
            import anyio
            await _self.setup_done()
            await _client.set(['runs', str(_self.fence)], 1)
            try:
                async for msg in _info:
                    pass
            finally:
                with anyio.CancelScope(shield=True):
                    for n in range(200):
                        await _client.set(['ending'], n)
            """;

    private void startWaiting() throws Exception {
        java.nio.file.Path file = Files.writeString(directory.resolve("waiting.py"), WAITING);
        house.distkv("code", "set", "-s", file.toString(), "demo.waiting");
        house.distkv("run", "set", "-c", "demo.waiting", "-t", "0", "job");
        house.await("runs", value -> value.equals(1L));
    }

    @Test
    void aRunningJobIsEndedAndDeletedByOneCommand() throws Exception {
        startWaiting();
        assertThat(house.distkv("run", "delete", "job"))
                .matches("job runs on (attic|cellar): stopping it …\nStopped and deleted.\n");
        assertThat(house.client.tree(Path.parse(":.distkv.claim")))
                .as("runs when it is deleted")
                .isEmpty();
        assertThat(house.distkv("run", "list")).isEmpty();
        assertThat(house.distkv("data", "get", "-r", ":.distkv.state")).isEmpty();
    }

    @Test
    void aRunningJobIsPausedResumedAndRestarted() throws Exception {
        startWaiting();
        assertThat(house.distkv("run", "pause", "job")).endsWith("job is paused.\n");
        assertThat(house.client.tree(Path.parse(":.distkv.claim")))
                .as("runs when it is paused")
                .isEmpty();
        assertThat(house.distkv("run", "list", "-t")).isEqualTo("job demo.waiting -paused-\n");
        house.distkv("data", "delete", "-r", "runs");
        assertThat(house.distkv("run", "resume", "job")).isEqualTo("job starts again.\n");
        house.await("runs", value -> value.equals(1L));
        house.distkv("data", "delete", "-r", "runs");
        assertThat(house.distkv("run", "restart", "job")).contains("is being stopped on ", ", and starts again.\n");
        house.await("runs", value -> value.equals(1L));
    }

    @Test
    void aRunnerThatStartsBeforeItsServerWaitsForIt() throws Exception {
        house.stopServer();
        Lines said = new Lines();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        Thread command = Thread.ofPlatform().start(() -> house.distkv(out, "run", "-n", "late", "all"));
        assertThat(said.await("no server at 127.0.0.1:", () -> {})).endsWith("): waiting for it");
        house.startServer();
        said.await("Running.", () -> {});
        command.interrupt();
        command.join();
    }

    private void runScale() {
        house.distkv("run", "set", "-c", "demo.scale", "-p", "source", "a", "-p", "target", "b", "-t", "0", "job");
    }

    private String nodeOfTheJob() throws InterruptedException {
        Object state = house.await(
                ":.distkv.state.any.default.job", value -> value instanceof Map<?, ?> map && map.get("node") != null);
        return String.valueOf(((Map<?, ?>) state).get("node"));
    }

    @Test
    void aDrainedNodeGivesItsJobsAway() throws InterruptedException {
        runScale();
        String first = nodeOfTheJob();
        assertThat(house.distkv("run", "drain", first)).endsWith(first + " is drained.\n");
        assertThat(nodeOfTheJob()).isEqualTo(first.equals("attic") ? "cellar" : "attic");
        assertThat(house.distkv("run", "group", "list")).containsOnlyOnce("drained: true");
    }

    @Test
    void aCallInAGroupPrintsTheResultOrTheError() throws IOException {
        String script =
                Files.writeString(directory.resolve("twice.py"), "return 2 * x").toString();
        house.distkv("code", "set", "-s", script, "-e", "x", "-", "demo.twice");
        assertThat(house.distkv("code", "call", "--group", "default", "demo.twice", "x=21"))
                .isEqualTo("42\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(house.distkv(Shell.stream(out), "code", "call", "-g", "default", "demo.twice", "x=None"))
                .isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("distkv client code call: demo.twice: TypeError:"
                        + " unsupported operand type(s) for *: 'int' and 'NoneType'\n");
    }

    @Test
    void aMonitorTellsHowAJobStartsAndEnds() throws Exception {
        Lines lines = new Lines();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> house.distkv(new PrintStream(lines, true, StandardCharsets.UTF_8), "run", "monitor"));
        // It says nothing of what was there before, be it the state alone, so the first job is repeated until it is
        // heard.
        runScale();
        assertThat(lines.await("claims     job", () -> house.distkv("run", "set", "-t", "0", "job")))
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  (attic|cellar) .*");
        lines.await("starts     job", () -> house.distkv("run", "set", "-t", "0", "job"));
        lines.await("is well    job", () -> {});
        house.distkv("run", "set", "-t", "-", "job");
        lines.await("ends       job", () -> {});
        lines.await("releases   job", () -> {});
        lines.close();
        house.distkv("run", "set", "-t", "0", "job");
        assertThat(exit.join()).isZero();
    }
}
