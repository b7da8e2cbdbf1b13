package distkv.server;

import static distkv.server.ServerFixture.chain;
import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class WriteRequestsTest extends WireTest {
    private Object tick(String action, Object... pairs) throws IOException {
        Map<String, Object> reply = wire.call(action, pairs);
        assertThat(reply).doesNotContainKey("error").containsKey("tock");
        return WireClient.get(reply, "tock");
    }

    @Test
    void aChainOfNilMeansThatThereIsNoEntry() throws IOException {
        assertThat(wire.call("set_value", "path", path("a", "b"), "value", 1, "chain", null))
                .containsEntry("changed", true)
                .doesNotContainKey("prev");
        Map<String, Object> again = wire.call("set_value", "path", path("a", "b"), "value", 2, "chain", null);
        assertThat(again)
                .containsEntry("error", "ClientChainError('Entry already exists at a.b')")
                .containsEntry("etype", "chain")
                .containsEntry("path", path("a", "b"))
                .containsKey("tick");
        wire.call("delete_value", "path", path("a", "b"));
        assertThat(wire.call("set_value", "path", path("a", "b"), "value", 3, "chain", null))
                .containsEntry("changed", true);
    }

    @Test
    void aChainMustBeTheNewestLink() throws IOException {
        Object first = tick("set_value", "path", path("a"), "value", 1);
        Object second = tick("set_value", "path", path("a"), "value", 2, "chain", chain(first));
        assertThat(wire.call("set_value", "path", path("a"), "value", 3, "chain", chain(first)))
                .containsEntry(
                        "error",
                        "ClientChainError('Chain is <NodeEvent tree:" + second + " (" + second
                                + ",)> not <NodeEvent tree:" + first + " (" + first + ",)> for a')")
                .containsEntry("tick", second);
        assertThat(wire.call("delete_value", "path", path("a"), "chain", map("node", "other", "tick", second)))
                .containsEntry("etype", "chain");
        assertThat(wire.call("set_value", "path", path("new"), "value", 3, "chain", chain(first)))
                .containsEntry("error", "ClientChainError('Entry is new at new')");
        assertThat(wire.call("get_value", "path", path("a"), "nchain", 1))
                .containsEntry("value", 2L)
                .containsEntry("chain", chain(second));
    }

    @Test
    void prevComparesTheValueWithItsType() throws IOException {
        tick("set_value", "path", path("a"), "value", 1);
        assertThat(wire.call("set_value", "path", path("a"), "value", 2, "prev", 1.0))
                .containsEntry("error", "ClientError('Data is 1 not 1.0 at a')")
                .containsEntry("etype", "value");
        assertThat(wire.call("set_value", "path", path("a"), "value", 2, "prev", 1))
                .containsEntry("changed", true)
                .doesNotContainKey("prev");
        assertThat(wire.call("delete_value", "path", path("none"), "prev", "x"))
                .containsEntry("error", "ClientError(\"Data is NotGiven not 'x' at none\")");
        Object second = tick("set_value", "path", path("a"), "value", 5);
        assertThat(wire.call("set_value", "path", path("a"), "value", 6, "prev", 5, "chain", chain(1)))
                .containsEntry("etype", "chain");
        assertThat(wire.call("delete_value", "path", path("a"), "prev", 5, "chain", chain(second)))
                .containsEntry("changed", true);
    }

    @Test
    void idemDoesNotWriteWhatIsThere() throws IOException {
        Object first = tick("set_value", "path", path("a"), "value", map("x", 1, "y", 2));
        assertThat(wire.call("set_value", "path", path("a"), "value", map("y", 2, "x", 1), "idem", true))
                .containsEntry("changed", false)
                .containsEntry("tock", first)
                .containsEntry("chain", chain(first));
        assertThat(wire.call("set_value", "path", path("a"), "value", map("x", 1.0, "y", 2), "idem", true))
                .containsEntry("changed", true);
        assertThat(wire.call(
                        "set_value", "path", path("a"), "value", map("x", 1.0, "y", 2), "idem", true, "chain", null))
                .as("idem is looked at first, as in the original")
                .containsEntry("changed", false);
    }

    @Test
    void deletingWhatIsNotThereIsAWriteAllTheSame() throws IOException {
        Map<String, Object> reply = wire.call("delete_value", "path", path("none"));
        assertThat(reply).containsEntry("changed", false).containsEntry("chain", chain(reply.get("tock")));
        assertThat(wire.call("get_value", "path", path("none"), "nchain", 1))
                .doesNotContainKey("value")
                .containsEntry("chain", null);
    }

    @Test
    void aGuardOnAnotherEntryMustHold() throws IOException {
        Object fence = tick("set_value", "path", path("claim"), "value", "me");
        assertThat(wire.call(
                        "set_value", "path", path("a"), "value", 1, "guard", List.of(List.of(path("claim"), fence))))
                .containsEntry("changed", true);
        Object stolen = tick("set_value", "path", path("claim"), "value", "you");
        assertThat(wire.call(
                        "set_value", "path", path("a"), "value", 2, "guard", List.of(List.of(path("claim"), fence))))
                .containsEntry("etype", "guard")
                .containsEntry("path", path("claim"))
                .containsEntry("tick", stolen);
        tick("delete_value", "path", path("claim"));
        for (String action : List.of("delete_value", "delete_tree")) {
            assertThat(wire.call(action, "path", path("a"), "guard", List.of(List.of(path("claim"), fence))))
                    .containsEntry("etype", "guard")
                    .containsEntry("tick", null);
        }
        assertThat(wire.call("get_value", "path", path("a"))).containsEntry("value", 1L);
    }

    @Test
    void aCommitHappensAsAWholeOrNotAtAll() throws IOException {
        Object old = tick("set_value", "path", path("b"), "value", 1);
        Map<String, Object> done = wire.call(
                "commit",
                "writes",
                List.of(
                        map("path", path("a"), "value", 1, "chain", null),
                        map("path", path("b"), "value", 2, "chain", chain(old)),
                        map("path", path("c"))));
        List<?> ticks = (List<?>) WireClient.get(done, "ticks");
        assertThat(ticks).hasSize(3);
        assertThat(done).containsEntry("tock", ticks.getLast());
        assertThat(wire.call("get_value", "path", path("b"), "nchain", 1)).containsEntry("chain", chain(ticks.get(1)));

        Map<String, Object> conflict = wire.call(
                "commit",
                "writes",
                List.of(map("path", path("d"), "value", 1), map("path", path("a"), "value", 2, "chain", null)));
        assertThat(conflict)
                .containsEntry("etype", "chain")
                .containsEntry("path", path("a"))
                .containsEntry("tick", ticks.get(0));
        assertThat(wire.call("get_value", "path", path("d"))).doesNotContainKey("value");
        assertThat(wire.call("commit", "writes", List.of(map("path", path("a")), map("path", path("a")))))
                .containsEntry("etype", "request");
        assertThat(wire.call("commit", "writes", List.of())).containsEntry("etype", "request");
    }

    @Test
    void concurrentCompareAndSetLosesNoUpdate() throws Exception {
        int clients = 12;
        int increments = 60;
        tick("set_value", "path", path("counter"), "value", 0);
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                boolean byValue = i % 2 == 0;
                WireClient client = fixture.wire();
                all.add(pool.submit(() -> {
                    for (int done = 0; done < increments; ) {
                        Map<String, Object> now = client.call("get_value", "path", path("counter"), "nchain", 1);
                        long value = WireClient.number(now, "value");
                        Map<String, Object> reply = byValue
                                ? client.call("set_value", "path", path("counter"), "value", value + 1, "prev", value)
                                : client.call(
                                        "set_value",
                                        "path",
                                        path("counter"),
                                        "value",
                                        value + 1,
                                        "chain",
                                        now.get("chain"));
                        done += reply.containsKey("error") ? 0 : 1;
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(wire.call("get_value", "path", path("counter"))).containsEntry("value", (long) clients * increments);
    }

    @Test
    void anEntryIsFoundByTheTickThatWroteIt() throws IOException {
        Object first = tick("set_value", "path", path("a"), "value", 1);
        Object second = tick("set_value", "path", path("b"), "value", 2);
        Object third = tick("set_value", "path", path("a"), "value", 3);
        assertThat(wire.call("get_value", "node", "tree", "tick", second, "nchain", 1))
                .containsEntry("value", 2L)
                .containsEntry("path", Path.of("b"))
                .containsEntry("chain", chain(second));
        assertThat(wire.call("get_value", "node", "tree", "tick", first))
                .containsEntry("error", "KeyError(" + first + ")")
                .containsEntry("etype", "notfound");
        assertThat(wire.call("get_value", "node", "other", "tick", second)).containsEntry("error", "KeyError('other')");
        assertThat(wire.call("enum_node", "node", "tree")).containsEntry("result", List.of(second, third));
        assertThat(wire.call("enum_node", "node", "tree", "max", 1, "current", true))
                .containsEntry("result", List.of(second));
        assertThat(wire.call("enum_node", "node", "other")).containsEntry("etype", "notfound");
    }

    @Test
    void getTockNeverReturnsTheSameNumberTwice() throws Exception {
        Set<Object> tocks = new HashSet<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Set<Object>>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                WireClient client = fixture.wire();
                all.add(pool.submit(() -> {
                    Set<Object> mine = new HashSet<>();
                    for (int n = 0; n < 100; n++) {
                        mine.add(client.call("get_tock").get("tock"));
                    }
                    return mine;
                }));
            }
            for (Future<Set<Object>> one : all) {
                tocks.addAll(one.get());
            }
        }
        assertThat(tocks).hasSize(400);
    }

    @Test
    void aClientMayHaveAnotherRoot() throws IOException {
        tick("set_value", "path", path("t", "sub"), "value", 1);
        assertThat(wire.call("root", "path", path("t"))).doesNotContainKey("error");
        assertThat(wire.call("get_value", "path", path("sub"))).containsEntry("value", 1L);
        assertThat(wire.call("set_value", "path", path("sub"), "value", 2, "chain", null))
                .containsEntry("error", "ClientChainError('Entry already exists at sub')")
                .containsEntry("path", path("sub"));
        List<Map<String, Object>> tree = wire.readStream(wire.ask("get_tree", "path", path()));
        assertThat(tree).hasSize(3);
        assertThat(tree.get(1)).containsEntry("path", path("sub")).containsEntry("depth", 0L);
        assertThat(fixture.wire().call("get_value", "path", path("t", "sub"))).containsEntry("value", 1L);
    }
}
