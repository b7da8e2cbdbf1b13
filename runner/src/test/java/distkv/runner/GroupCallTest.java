package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CallLostException;
import distkv.code.call.CodeRoot;
import distkv.model.Path;
import distkv.runner.job.Kind;
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
