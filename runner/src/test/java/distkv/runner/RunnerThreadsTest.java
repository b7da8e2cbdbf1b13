package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.VitalThreadError;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The decision thread of a runner, and a fault in it: it tells who ends the process, and the runner does not go on by half. */
@Timeout(60)
class RunnerThreadsTest {
    private final CompletableFuture<Throwable> reported = new CompletableFuture<>();
    private Thread.@Nullable UncaughtExceptionHandler before;

    @BeforeEach
    void listen() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> reported.complete(fault));
    }

    @AfterEach
    void restore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Test
    void aRunnerWhoseDecisionThreadFailsEndsAndAnotherTakesItsJobs() throws Exception {
        try (World world = new World()) {
            world.runner(world.options("vm", Kind.ANY).log(line -> {
                if (line.text().contains("fuse")) {
                    throw new IllegalStateException("planted");
                }
            }));
            world.code("steady", "await _self.setup_done()\nasync for msg in _info:\n    pass");
            world.set(World.entry(Kind.ANY, "", "steady"), World.job("steady"));
            world.await(World.state(Kind.ANY, "", "steady"), state -> state != null);
            world.running(World.state(Kind.ANY, "", "steady"));
            world.code("fuse", "_log.info('fuse')\nasync for msg in _info:\n    pass");
            world.set(World.entry(Kind.ANY, "", "fuse"), World.job("fuse"));
            assertThat(reported.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(VitalThreadError.class)
                    .hasMessageContainingAll("runner vm", "planted");
            world.await(
                    "the end of its presence",
                    () -> world.below(Prefixes.DEFAULT.presence()).isEmpty());
            world.client.delete(World.entry(Kind.ANY, "", "fuse"));
            world.runner("attic", Kind.ANY);
            world.await(
                    "the job on the other node",
                    () -> "attic".equals(world.state(World.state(Kind.ANY, "", "steady"), "node")));
        }
    }
}
