package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.group.GroupState.Level;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runner of ours hears one of the original: it leaves the group's jobs alone. */
class ForeignRunnersTest {
    private static final String FOUND = "the group default is also served by a runner of the original (node attic";

    private World world;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        world.code("count", """
                await _self.watch(source)
                async for msg in _info:
                    if isinstance(msg, _cls.BrokenState):
                        _log.warning('IS BROKEN')
                    elif isinstance(msg, _cls.ChangeMsg) and hasattr(msg, 'value'):
                        await _client.set(_P('seen'), value=msg.value)
                """);
        world.code("short", "return 42");
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void say(List<String> topic, Map<String, Object> message) throws Exception {
        world.client.send(topic, Values.encode(message));
    }

    @Test
    void whileOneOfTheOriginalIsHeardNothingIsBegunAndWhatRunsGoesOn() throws Exception {
        Runner runner = world.runner("one", Kind.ANY);
        world.set(
                World.entry(Kind.ANY, "", "counter"), World.job("count", "data", Map.of("source", Path.of("source"))));
        world.running(World.state(Kind.ANY, "", "counter"));

        List<String> topic = List.of(":distkv", "run", "any", "default");
        say(topic, Map.of("t", "ping", "node", "attic", "value", 0.5, "history", List.of("attic")));
        world.logged(FOUND + ", heard on the topic :distkv/run/any/default)");
        world.logged("IS BROKEN");
        world.set(World.entry(Kind.ANY, "", "late"), World.job("short"));
        // It has read the job once it has read what was written later.
        world.set(Path.of(".distkv", "group", "default"), Map.of("nodes", 7L));
        world.await("news of the group", () -> runner.groupState().wanted() == 7);
        assertThat(runner.groupState().level()).isEqualTo(Level.BROKEN);
        world.set(Path.of("source"), 3L);
        world.await(Path.of("seen"), Long.valueOf(3)::equals);
        assertThat(world.value(World.state(Kind.ANY, "", "late"))).isNull();

        // Now it says that its messages come often, and so it is soon found missing.
        say(topic, Map.of("t", "vers", "node", "attic", "cycle", 0.03, "gap", 0.01));
        world.logged("no runner of the original is heard in the group default any more");
        assertThat(world.result(World.state(Kind.ANY, "", "late"))).isEqualTo(42L);
        assertThat(world.log.stream().filter(line -> line.text().contains(FOUND)))
                .hasSize(1);
        assertThat(world.number(World.state(Kind.ANY, "", "counter"), "stopped"))
                .isZero();
    }

    @Test
    void onlyThoseCountThatServeTheSameJobs() throws Exception {
        Runner runner = world.runner("one", Kind.AT);
        Map<String, Object> init = Map.of("t", "init", "node", "attic");
        say(List.of(":distkv", "run", "any", "default"), init);
        say(List.of(":distkv", "run", "single", "two", "default"), init);
        say(List.of(":distkv", "run", "single", "one", "other"), init);
        say(List.of(":distkv", "run", "single", "one", "default"), Map.of("state", "nothing of theirs"));
        world.set(World.entry(Kind.AT, "one", "job"), World.job("short"));
        assertThat(world.result(World.state(Kind.AT, "one", "job"))).isEqualTo(42L);
        assertThat(runner.groupState().level()).isEqualTo(Level.DETACHED);

        say(List.of("moat", "kv", "run", "single", "one", "default"), init);
        world.logged(FOUND + ", heard on the topic moat/kv/run/single/one/default)");
        world.await("the state", () -> runner.groupState().level() == Level.BROKEN);
    }
}
