package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Path;
import distkv.runner.group.GroupState.Level;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runner whose way to the server is cut, and mended; another one whose way is not. */
class CutOffTest {
    private static final Duration TTL = Duration.ofMillis(1_500);
    private static final String STATES = """
            try:
                _log.warning('RUNS on %s', _client.client_name)
                await _self.setup_done()
                async for msg in _info:
                    if isinstance(msg, _cls.DetachedState):
                        _log.warning('DETACHED')
                        if until_detached:
                            return 'survived'
            finally:
                _log.warning('ENDS on %s', _client.client_name)
            """;
    private World world;
    private Cable cable;
    private Client client;
    private Runner runner;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        cable = new Cable(world.server.port());
        world.code("states", STATES);
        client = Client.connect(ClientOptions.of("127.0.0.1", cable.port())
                .withName("one")
                .withRetry(Duration.ofMillis(10), Duration.ofMillis(50)));
        runner = Runner.start(
                world.options("one", Kind.ANY, Kind.AT).ttl(TTL).server("127.0.0.1", cable.port()), client);
    }

    @AfterEach
    void stop() throws Exception {
        cable.mend();
        runner.close();
        client.close();
        cable.close();
        world.close();
    }

    private List<String> lines() {
        return world.log.stream()
                .map(JobLog.Line::text)
                .filter(text -> text.startsWith("RUNS") || text.startsWith("ENDS"))
                .toList();
    }

    @Test
    void aRunInJavaThatHearsNothingIsKilledBeforeAnotherNodeCanTakeItOver() throws Exception {
        String deaf = """
                void run(Context self) {
                    self.log().log(System.Logger.Level.WARNING, "RUNS as " + ProcessHandle.current().pid());
                    while (true) { Thread.onSpinWait(); }
                }
                """;
        world.code("deaf", deaf, null, Map.of("language", "java"));
        world.set(World.entry(Kind.ANY, "", "job"), World.job("deaf"));
        String first = world.logged("RUNS as").text();
        world.runner(world.options("two", Kind.ANY).ttl(TTL));
        cable.cut();
        world.await("a second run", () -> lines().size() == 2);
        assertThat(ProcessHandle.of(Long.parseLong(first.substring("RUNS as ".length()))))
                .isEmpty();
        world.client.delete(World.entry(Kind.ANY, "", "job"));
        world.await("its end", () -> world.value(World.state(Kind.ANY, "", "job")) == null);
    }

    @Test
    void anAnyNodeJobIsEndedBeforeAnotherNodeCanTakeItOver() throws Exception {
        world.set(World.entry(Kind.ANY, "", "job"), World.job("states", "data", Map.of("until_detached", false)));
        world.logged("RUNS on one");
        world.runner(world.options("two", Kind.ANY).ttl(TTL));
        cable.cut();
        world.logged("RUNS on two");
        assertThat(lines()).containsExactly("RUNS on one", "ENDS on one", "RUNS on two");
        cable.mend();
        world.await("complete", () -> runner.groupState().level() == Level.COMPLETE);
        assertThat(lines()).hasSize(3);
        // Nobody can know that its run ended in time, and well: the one that took over records it, and then is well.
        assertThat(world.error("run", World.entry(Kind.ANY, "", "job"), true).get("message"))
                .isEqualTo("Runner killed");
    }

    @Test
    void aJobThatMaySplitGoesOnWhileItsNodeIsCutOffAndGetsLostAfterwards() throws Exception {
        world.code("split", """
                from distkv.errors import Lost
                _log.warning('RUNS on %s', _client.client_name)
                try:
                    async for msg in _info:
                        pass
                except Lost:
                    _log.warning('LOST on %s', _client.client_name)
                    raise
                finally:
                    _log.warning('ENDS on %s', _client.client_name)
                """);
        Path state = World.state(Kind.ANY, "", "job");
        world.set(World.entry(Kind.ANY, "", "job"), World.job("split", "split", "run"));
        world.logged("RUNS on one");
        world.runner(world.options("two", Kind.ANY).ttl(TTL));
        cable.cut();
        world.logged("RUNS on two");
        assertThat(lines()).containsExactly("RUNS on one", "RUNS on two");
        cable.mend();
        world.logged("LOST on one");
        world.logged("ENDS on one");
        assertThat(lines()).hasSize(3);
        assertThat(world.state(state, "node")).isEqualTo("two");
    }

    @Test
    void aJobOfThisNodeGoesOnWhileCutOffAndItsResultIsWrittenLater() throws Exception {
        Path state = World.state(Kind.AT, "one", "job");
        Path claim = Path.of(".distkv", "claim", "at", "one", "default", "job");
        world.runner(world.options("two", Kind.AT).ttl(TTL));
        world.set(World.entry(Kind.AT, "one", "job"), World.job("states", "data", Map.of("until_detached", true)));
        world.await("it runs with others", () -> world.number(state, "pinged") > 0);
        world.await("complete", () -> runner.groupState().level() == Level.COMPLETE);
        cable.cut();
        world.logged("DETACHED");
        world.logged("ENDS on one");
        world.await("no claim", () -> world.value(claim) == null);
        assertThat(world.state(state, "node")).isEqualTo("one");
        cable.mend();
        world.await("the result", () -> "survived".equals(world.state(state, "result")));
        assertThat(world.state(state, "node")).isNull();
        assertThat(lines()).containsExactly("RUNS on one", "ENDS on one");
    }

    @Test
    void aShortCutDisturbsNobody() throws Exception {
        Path state = World.state(Kind.ANY, "", "job");
        world.set(World.entry(Kind.ANY, "", "job"), World.job("states", "data", Map.of("until_detached", false)));
        world.await("it runs", () -> world.number(state, "pinged") > 0);
        cable.cut();
        world.await("cut off", () -> !client.isConnected());
        cable.mend();
        world.await("back", client::isConnected);
        world.code("after", "return 1");
        world.set(World.entry(Kind.ANY, "", "after"), World.job("after"));
        world.result(World.state(Kind.ANY, "", "after"));
        assertThat(lines()).containsExactly("RUNS on one");
    }

    @Test
    void aJobOfThisNodeThatLostItsClaimStartsAgainWhenTheServerIsBack() throws Exception {
        Path state = World.state(Kind.AT, "one", "job");
        Path claim = Path.of(".distkv", "claim", "at", "one", "default", "job");
        world.set(World.entry(Kind.AT, "one", "job"), World.job("states", "data", Map.of("until_detached", false)));
        world.await("it runs", () -> world.number(state, "pinged") > 0);
        double started = world.number(state, "started");
        cable.cut();
        world.await("no claim", () -> world.value(claim) == null);
        assertThat(lines()).containsExactly("RUNS on one");
        cable.mend();
        world.await("another start", () -> world.number(state, "started") > started);
        world.await("it runs again", () -> lines().size() == 3);
        assertThat(world.error("run", World.entry(Kind.AT, "one", "job"))).isNull();
    }
}
