package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Mirror;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs that are moved without a gap: real runners, real workers. */
class HandoverTest {
    private static final Path GROUP = Path.of(".distkv", "group", "default");
    private static final Path GO = Path.of("go");
    private static final Path PING = Path.of("ping");
    private static final Path PONG = Path.of("pong");
    private static final Path STATE = World.state(Kind.ANY, "", "job");

    /** Tries to write, is set up when there is {@code go}, and then answers each {@code ping}. */
    private static final String CODE = """
            from distkv.errors import NotYet
            name = _client.client_name
            _log.warning('BEGINS on %s', name)
            try:
                await _self.watch(_P('go'))
                try:
                    await _client.set(_P('early'), value=name)
                    _log.warning('MAY WRITE on %s', name)
                except NotYet:
                    _log.warning('NOT YET on %s', name)
                async for msg in _info:
                    if isinstance(msg, _cls.ChangeMsg) and hasattr(msg, 'value'):
                        if msg.value == name:
                            raise ValueError('not here')
                        break
                await _self.watch(_P('ping'))
                await _self.setup_done()
                _log.warning('READY on %s', name)
                async for msg in _info:
                    if isinstance(msg, _cls.ChangeMsg) and msg.path == _P('ping'):
                        await _client.set(_P('pong'), value=[name, msg.value])
            finally:
                _log.warning('ENDS on %s', name)
            """;

    private World world;
    private Mirror states;
    /** What the job's state has said, one after another. */
    private final List<@Nullable Object> nodes = Collections.synchronizedList(new ArrayList<>());

    private final List<String> reasons = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws Exception {
        world = new World();
        world.code("code", CODE);
        world.set(GO, "everywhere");
        states = world.client.mirror(World.STATE);
        states.listen((before, now) -> {
            if (now.value() != null && Values.decode(now.value()) instanceof Map<?, ?> state) {
                nodes.add(state.get("node"));
                reasons.add(String.valueOf(state.get("reason")));
            }
        });
        states.awaitInitial();
    }

    @AfterEach
    void stop() throws Exception {
        states.close();
        world.close();
    }

    private void job() throws Exception {
        world.set(World.entry(Kind.ANY, "", "job"), World.job("code", "handover", true, "delay", 0.1));
    }

    /** One node has the job, and runs it; then there is another. */
    private Runner running() throws Exception {
        Runner one = world.runner(world.options("one", Kind.ANY));
        job();
        world.logged("READY on one");
        world.runner(world.options("two", Kind.ANY));
        return one;
    }

    private void drainOne() throws Exception {
        world.set(GROUP, Map.of("drain", List.of("one")));
    }

    private void answers(String node, long ping) throws Exception {
        world.set(PING, ping);
        world.await(PONG, value -> List.of(node, ping).equals(value));
    }

    private boolean isLogged(String text) {
        return world.log.stream().anyMatch(line -> line.text().contains(text));
    }

    @Test
    void theNewRunBeginsOnStandbyAndTakesOverWhenItIsSetUp() throws Exception {
        running();
        world.client.delete(GO);
        drainOne();
        world.logged("NOT YET on two");
        answers("one", 1);
        assertThat(world.state(STATE, "node")).isEqualTo("one");
        assertThat(isLogged("ENDS on one")).isFalse();
        world.set(GO, "everywhere");
        world.logged("READY on two");
        world.logged("ENDS on one");
        answers("two", 2);
        assertThat(world.value(Path.of("early"))).isEqualTo("one");
        assertThat(world.state(STATE, "node")).isEqualTo("two");
        assertThat(world.state(STATE, "offered")).isNull();
        assertThat(nodes).doesNotContainNull();
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    @Test
    void aRunThatFailsOnStandbyIsToldOfAndTheOldOneIsEndedIfItMustLeave() throws Exception {
        running();
        world.set(GO, "two");
        drainOne();
        Map<?, ?> error = world.error("run", World.entry(Kind.ANY, "", "job"), false);
        assertThat(String.valueOf(error)).contains("not here");
        answers("one", 1);
        world.logged("ENDS on one");
        world.set(GO, "everywhere");
        world.await("the job on two", () -> "two".equals(world.state(STATE, "node")));
        answers("two", 2);
        world.error("run", World.entry(Kind.ANY, "", "job"), true);
    }

    @Test
    void aRunnerThatStopsHandsItsRunsOver() throws Exception {
        Runner one = running();
        one.close();
        answers("two", 1);
        assertThat(nodes).doesNotContainNull();
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    @Test
    void aRunOnStandbyInheritsTheClaimOfOneThatIsGone() throws Exception {
        Runner one = running();
        world.client.delete(GO);
        drainOne();
        world.logged("NOT YET on two");
        one.close();
        world.await("the job on two", () -> "two".equals(world.state(STATE, "node")));
        assertThat(reasons).contains("runner stopped");
        assertThat(world.log.stream().filter(line -> line.text().equals("BEGINS on two")))
                .hasSize(1);
        world.set(GO, "everywhere");
        world.logged("READY on two");
        answers("two", 1);
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    @Test
    void whatTheStandbyWasForMayChange() throws Exception {
        running();
        world.client.delete(GO);
        drainOne();
        world.logged("NOT YET on two");
        world.client.delete(World.entry(Kind.ANY, "", "job"));
        world.logged("ENDS on one");
        world.logged("ENDS on two");
        Path claim = Path.of(".distkv", "claim");
        world.await("no claim", () -> world.below(claim).isEmpty());
        world.await("no state", () -> world.value(STATE) == null);
    }

    @Test
    void jobsThatAreMovedForBalanceAreNeverWithoutANode() throws Exception {
        world.runner(world.options("one", Kind.ANY).capacity(1));
        for (int i = 0; i < 8; i++) {
            world.set(World.entry(Kind.ANY, "", "j" + i), World.job("code", "handover", true));
        }
        world.await("all of them on one", () -> on("one") == 8);
        world.runner(world.options("two", Kind.ANY).capacity(1));
        world.await("half of them on two", () -> on("one") == 4 && on("two") == 4);
        assertThat(nodes).doesNotContainNull();
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    private long on(String node) {
        return IntStream.range(0, 8)
                .filter(i -> node.equals(world.state(World.state(Kind.ANY, "", "j" + i), "node")))
                .count();
    }

    @Test
    void aJobInJavaIsHandedOverToo() throws Exception {
        String code = """
                import distkv.code.*;

                void run(Context self, Path go) throws Exception {
                    try {
                        self.set(Path.parse("early"), self.node());
                        self.log().log(System.Logger.Level.WARNING, "MAY WRITE on " + self.node());
                    } catch (NotYetException e) {
                        self.log().log(System.Logger.Level.WARNING, "NOT YET on " + self.node());
                    }
                    self.watch(go);
                    for (Message message : self.messages()) {
                        if (message instanceof Change(_, String value, _)) {
                            break;
                        }
                    }
                    self.setupDone();
                    self.log().log(System.Logger.Level.WARNING, "READY on " + self.node());
                    for (Message message : self.messages()) {}
                }
                """;
        world.code("code", code, null, Map.of("language", "java"));
        Map<String, @Nullable Object> job = World.job("code", "handover", true, "data", Map.of("go", GO));
        world.runner(world.options("one", Kind.ANY));
        world.set(World.entry(Kind.ANY, "", "job"), job);
        world.logged("READY on one");
        world.runner(world.options("two", Kind.ANY));
        world.client.delete(GO);
        drainOne();
        world.logged("NOT YET on two");
        world.set(GO, "everywhere");
        world.logged("READY on two");
        assertThat(world.value(Path.of("early"))).isEqualTo("one");
        assertThat(nodes).doesNotContainNull();
    }
}
