package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When errors are over: on each node of its own for jobs of all nodes, and for jobs that are deleted. */
class SettledErrorsTest {
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("a", Kind.ANY, Kind.ALL);
        world.runner("b", Kind.ANY, Kind.ALL);
        world.code("fail", "raise RuntimeError('Owch')");
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    private static Path entry(Kind kind, String job) {
        return World.entry(kind, "a", job);
    }

    /** The open records about this path, as node of the record to its message. */
    private static Map<Object, Object> open(Path about) {
        Map<Object, Object> open = new HashMap<>();
        for (Entry entry : world.below(World.ERROR).values()) {
            if (entry.path().length() == World.ERROR.length() + 2
                    && Values.decode(Objects.requireNonNull(entry.value())) instanceof Map<?, ?> map
                    && about.equals(map.get("path"))
                    && Boolean.FALSE.equals(map.get("resolved"))) {
                open.merge(
                        entry.path().elements().get(World.ERROR.length()),
                        String.valueOf(map.get("message")),
                        (one, other) -> one + " | " + other);
            }
        }
        return open;
    }

    @Test
    void anErrorOfAJobOfAllNodesIsOverOnceItWorksOnEach() throws Exception {
        Path job = entry(Kind.ALL, "each");
        world.set(job, World.job("later"));
        world.await("an error on both nodes", () -> open(job).size() == 2);
        world.code("later", "return 1");
        world.await("no error", () -> open(job).isEmpty());
    }

    @Test
    void thatItWorksOnOneNodeSaysNothingAboutTheOthers() throws Exception {
        world.code("bad", """
                if _client.client_name.startswith('b') and (await _client.get(_P('bad'))).value:
                    raise RuntimeError('Owch')
                return 'good'
                """);
        world.set(Path.of("bad"), true);
        Path job = entry(Kind.ALL, "one");
        world.set(job, World.job("bad", "delay", 0.2, "repeat", 0.2));
        Path good = World.state(Kind.ALL, "a", "one");
        world.await("an error on one node", () -> open(job).containsKey("b"));
        double then = world.number(good, "stopped");
        world.await("more successes on the other", () -> world.number(good, "stopped") > then);
        assertThat(open(job)).containsOnlyKeys("b");
        world.set(Path.of("bad"), false);
        world.await("no error", () -> open(job).isEmpty());
        world.client.delete(job);
    }

    @Test
    void theErrorsOfAJobThatIsDeletedAreOver() throws Exception {
        Path any = entry(Kind.ANY, "gone.any");
        Path all = entry(Kind.ALL, "gone.all");
        world.set(any, World.job("fail"));
        world.set(all, World.job("fail"));
        // A node that is gone had failed too, and cannot say that it is over.
        world.set(
                World.ERROR.child("dead").child(7L),
                Map.of("path", all, "subsystem", "run", "resolved", false, "message", "Owch", "first_seen", 5.0));
        world.await("three errors of one", () -> open(all).size() == 3);
        world.await("an error of the other", () -> open(any).size() == 1);
        world.client.delete(any);
        world.client.delete(all);
        world.await("no error", () -> open(any).isEmpty() && open(all).isEmpty());
        world.await("no state", () -> world.value(World.state(Kind.ANY, "a", "gone.any")) == null);
    }

    @Test
    void theErrorOfAJobThatWasDeletedWhileNobodyWasThereIsOver() throws Exception {
        Path job = entry(Kind.ANY, "gone.before");
        world.set(
                World.ERROR.child("dead").child(8L),
                Map.of("path", job, "subsystem", "run", "resolved", false, "message", "Owch", "first_seen", 5.0));
        world.await("no error", () -> open(job).isEmpty() && world.error("run", job) != null);
    }

    @Test
    void whatTwoNodesFoundAtTheSameTimeIsOverTogether() throws Exception {
        List<Path> records = new ArrayList<>();
        Path job = entry(Kind.ANY, "twice");
        world.set(job, Map.of("code", Path.of("fine"), "info", "not yet"));
        for (String node : List.of("a", "dead")) {
            Path record = World.ERROR.child(node).child(9L);
            records.add(record);
            world.set(
                    record,
                    Map.of("path", job, "subsystem", "run", "resolved", false, "message", "Owch", "first_seen", 5.0));
        }
        world.code("fine", "return 1");
        try (Client other = Client.connect(ClientOptions.of("127.0.0.1", world.server.port()))) {
            assertThat(other.get(records.getFirst())).isNotNull();
        }
        world.set(job, World.job("fine"));
        world.await("no error", () -> open(job).isEmpty());
    }
}
