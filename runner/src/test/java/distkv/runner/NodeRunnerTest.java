package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Monitor;
import distkv.model.Path;
import distkv.schema.group.LogTopic;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runners that have logged in as nodes, which may read no more than their jobs: all that they do is allowed. */
class NodeRunnerTest {
    private static final Path GROUP = Path.of(".distkv", "group", "default");
    private static final String WAIT = """
            await _self.setup_done()
            _log.warning('READY on %s', _client.client_name)
            async for msg in _info:
                pass
            """;

    private static final String DEAF = """
            import os, time
            _log.warning('PID %d', os.getpid())
            while True:
                try:
                    time.sleep(3600)
                except BaseException:
                    pass
            """;

    @TempDir
    private java.nio.file.Path directory;

    private World world;

    @BeforeEach
    void start() throws Exception {
        world = World.ofNodes(directory);
        world.code("wait", WAIT);
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
        assertThat(world.log).noneMatch(line -> line.text().contains("access:"));
    }

    private static Path job(Kind kind, String node, String name) {
        return World.entry(kind, node, name);
    }

    @Test
    void jobsOfAllKindsRunAndTellWhatBecomesOfThem() throws Exception {
        world.runner("attic", Kind.values());
        try (Monitor log = world.client.monitor(LogTopic.of("default"))) {
            world.code("once", "_log.warning('heard'); return 'done'");
            world.code("fails", "raise ValueError('no')");
            world.code("broken", "this is no code");
            for (Kind kind : Kind.values()) {
                world.set(job(kind, "attic", "once"), World.job("once"));
                assertThat(world.result(World.state(kind, "attic", "once"))).isEqualTo("done");
            }
            assertThat(Objects.requireNonNull(log.next()).data()).isNotNull();
        }
        Path fails = job(Kind.ANY, "attic", "fails");
        world.set(fails, World.job("fails"));
        world.error("run", fails, false);
        Path broken = job(Kind.ANY, "attic", "broken");
        world.set(broken, World.job("broken"));
        world.error("compile", World.PROC.child("broken"), false);
        world.code("fails", WAIT);
        world.error("run", fails, true);
        world.set(broken, World.job("wait"));
        world.running(World.state(Kind.ANY, "attic", "broken"));
        // A job that cannot run says why, and one that is deleted leaves nothing.
        world.set(job(Kind.ANY, "attic", "radio"), World.job("wait", "where", Map.of("has", List.of("zigbee"))));
        Path radio = World.state(Kind.ANY, "attic", "radio");
        world.await(
                "the reason", () -> String.valueOf(world.state(radio, "reason")).contains("zigbee"));
        for (String name : List.of("broken", "radio", "fails", "once")) {
            world.client.delete(job(Kind.ANY, "attic", name));
            world.await(name + " is gone", () -> world.value(World.state(Kind.ANY, "attic", name)) == null);
        }
        world.await(
                "no open errors",
                () -> world.error("run", fails) != null
                        && !Boolean.FALSE.equals(Objects.requireNonNull(world.error("run", fails))
                                .get("resolved")));
    }

    @Test
    void aHandoverAndADrain() throws Exception {
        world.runner("attic", Kind.ANY);
        world.set(job(Kind.ANY, "", "moves"), World.job("wait", "handover", true));
        world.logged("READY on attic");
        Path state = World.state(Kind.ANY, "", "moves");
        world.await("it is well", () -> world.number(state, "pinged") > 0);
        world.runner("cellar", Kind.ANY);
        world.set(GROUP, Map.of("drain", List.of("attic")));
        world.logged("taken over from attic");
        world.await("the new node", () -> "cellar".equals(world.state(state, "node")));
        world.set(GROUP, Map.of("drain", List.of("cellar")));
        world.await("the first node again", () -> "attic".equals(world.state(state, "node")));
        world.set(GROUP, Map.of("drain", List.of("attic", "cellar")));
        world.await("the reason", () -> "every node is drained".equals(world.state(state, "reason")));
    }

    @Test
    void theWorkersOfANodeThatIsRevokedEndAtOnceWhateverTheyDo() throws Exception {
        world.code("deaf", DEAF, false, Map.of());
        world.runner(world.options("attic", Kind.ANY, Kind.AT).ttl(World.millis(600_000)));
        for (Kind kind : List.of(Kind.ANY, Kind.AT)) {
            world.set(job(kind, "attic", "deaf"), World.job("deaf"));
        }
        world.await("both run", () -> workers().size() == 2);
        List<ProcessHandle> all = workers();
        world.revoke("attic");
        world.logged("the server does not let this node in any more: ");
        for (ProcessHandle worker : all) {
            worker.onExit().get(30, TimeUnit.SECONDS);
        }
        assertThat(world.log)
                .noneMatch(line -> line.text().contains(" may not "))
                .filteredOn(line -> line.text().startsWith("the server does not let this node in any more: "))
                .singleElement()
                .extracting(JobLog.Line::text)
                .asString()
                .endsWith("; its 2 jobs are ended at once");
        world.log.clear();
    }

    private List<ProcessHandle> workers() {
        return world.log.stream()
                .filter(line -> line.text().startsWith("PID "))
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line.text().substring("PID ".length()))).stream())
                .toList();
    }

    @Test
    void theJobsOfANodeThatIsRevokedAreElsewhereAtOnce() throws Exception {
        world.runner(world.options("attic", Kind.ANY).ttl(World.millis(60_000)));
        world.set(job(Kind.ANY, "", "held"), World.job("wait"));
        world.logged("READY on attic");
        world.runner("cellar", Kind.ANY);
        world.revoke("attic");
        world.logged("READY on cellar");
        Path state = World.state(Kind.ANY, "", "held");
        world.await("the new node", () -> "cellar".equals(world.state(state, "node")));
        // What it is told when it comes back is for its operator.
        world.log.clear();
    }
}
