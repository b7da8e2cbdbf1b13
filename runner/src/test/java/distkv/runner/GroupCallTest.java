package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CallLostException;
import distkv.code.call.CodeRoot;
import distkv.model.Path;
import distkv.schema.job.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller hears of a procedure that runs on a node of a group. */
class GroupCallTest {
    private static final Path CALLS = Path.of("any", "default", ".call");
    private World world;
    private CodeRoot code;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        code = CodeRoot.open(world.client);
        world.code("stays", "_log.warning('RUNS on %s', _client.client_name)\nasync for msg in _info:\n    pass");
    }

    @AfterEach
    void stop() throws Exception {
        code.close();
        world.close();
    }

    private FutureTask<@Nullable Object> call() {
        FutureTask<@Nullable Object> call = new FutureTask<>(() -> code.callIn("default", "stays", Map.of()));
        Thread.ofVirtual().start(call);
        return call;
    }

    private void isLost(FutureTask<@Nullable Object> call, String why) throws Exception {
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(CallLostException.class)
                .hasMessage("stays: " + why + " before it was done; it may have done part of its work"
                        + " (expected: a new call, if that does no harm)");
        world.await(
                "nothing to be left",
                () -> world.below(World.RUN.append(CALLS)).isEmpty()
                        && world.below(World.STATE.append(CALLS)).isEmpty());
        world.await("no error to be left", () -> world.below(World.ERROR).isEmpty());
    }

    /** Runs a Python program that has {@code cr}, its root of the stored code; returns what it prints. */
    private String python(String program) throws Exception {
        String frame = """
                import anyio
                from distkv.client import open_client
                from distkv.code import CodeRoot, ProcedureFailedError

                async def main():
                    async with open_client(host="127.0.0.1", port=PORT) as client:
                        cr = await CodeRoot.as_handler(client)
                        PROGRAM

                anyio.run(main)
                """;
        List<String> command = new ArrayList<>(World.python().command());
        command.add("-c");
        command.add(frame.replace("PORT", "" + world.server.port())
                .replace("PROGRAM", program.replace("\n", "\n        ")));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(World.python().environment());
        Process process = builder.start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void thePythonClientCallsInAGroupAndGetsTheResultOrTheError() throws Exception {
        world.runner("one", Kind.ANY);
        world.code("twice", "return [2 * x, _cfg.connect.name]", false, Map.of("vars", List.of("x")));
        assertThat(python("print(await cr.call('twice', group='default', x=21))"))
                .matches("[(\\[]42, 'one'[)\\]]\n");
        assertThat(python("""
                        try:
                            await cr.call('twice', group='default', x=None)
                        except ProcedureFailedError as error:
                            print(error.kind, error)""")).startsWith("TypeError twice: TypeError: unsupported operand");
    }

    @Test
    void aCallWhoseRunnerStopsIsNotRunAgainAndItsCallerIsTold() throws Exception {
        Runner first = world.runner("one", Kind.ANY);
        FutureTask<@Nullable Object> call = call();
        world.logged("RUNS on one");
        world.runner("two", Kind.ANY);
        first.close();
        isLost(call, "ended: runner stopped");
        assertThat(world.log).noneMatch(line -> line.text().equals("RUNS on two"));
    }

    @Test
    void aCallWhoseNodeDiesIsNotRunAgainAndItsCallerIsTold() throws Exception {
        FutureTask<@Nullable Object> call = call();
        world.await("the call", () -> !world.below(World.RUN.append(CALLS)).isEmpty());
        Path job = world.below(World.RUN.append(CALLS)).keySet().iterator().next();
        // What is left of a runner that was killed: the state says that it runs the job, and its claim has gone.
        world.set(
                World.STATE.append(job.below(World.RUN)),
                Map.of("started", Loop.now(), "stopped", 0L, "node", "gone", "backoff", 0L, "reason", ""));
        world.runner("one", Kind.ANY);
        isLost(call, "node gone, which ran it, has died");
        assertThat(world.log).noneMatch(line -> line.text().startsWith("RUNS"));
    }

    @Test
    void aCallWhoseCodeChangesIsNotRunAgain() throws Exception {
        world.runner("one", Kind.ANY);
        FutureTask<@Nullable Object> call = call();
        world.logged("RUNS on one");
        world.code("stays", "_log.warning('RUNS anew')");
        isLost(call, "ended: code changed");
        assertThat(world.log).noneMatch(line -> line.text().equals("RUNS anew"));
    }
}
