package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Nil;
import distkv.model.Path;
import distkv.protocol.PathExpander;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsTest extends WireTest {
    private static Map<String, Object> only(Map<String, Object> message, String... keys) {
        Map<String, Object> some = new HashMap<>(message);
        some.keySet().retainAll(List.of(keys));
        return some;
    }

    @Test
    void aWatchTellsWhatIsThereAndThenWhatChanges() throws IOException {
        fill(1, 3, "old");
        WireClient watcher = fixture.wire();
        watcher.ask("watch", "path", path("t"), "fetch", true);
        Map<String, Object> start = watcher.read();
        assertThat(start).containsEntry("state", "start");
        assertThat(only(watcher.read(), "path", "depth", "value"))
                .isEqualTo(map("path", path(1), "depth", 0L, "value", "old"));
        assertThat(watcher.read()).containsEntry("path", path(2));
        assertThat(watcher.read()).containsEntry("state", "uptodate").containsEntry("tock", start.get("tock"));
        wire.call("set_value", "path", path("t", 2, "x"), "value", "new");
        wire.call("delete_value", "path", path("t", 1));
        wire.call("set_value", "path", path("t"), "value", null);
        wire.call("set_value", "path", path("u"), "value", "elsewhere");
        assertThat(only(watcher.read(), "path", "depth", "value"))
                .isEqualTo(map("path", path("x"), "depth", 1L, "value", "new"));
        assertThat(only(watcher.read(), "path", "depth", "value")).isEqualTo(map("path", path(1), "depth", 0L));
        assertThat(watcher.read()).containsEntry("path", path()).containsEntry("value", null);
        stop(watcher, 1);
        assertThat(watcher.call("stop", "task", 1)).containsEntry("result", false);
        wire.call("set_value", "path", path("t", 1), "value", 1);
        assertThat(watcher.call("get_value", "path", path("t", 1))).containsEntry("value", 1L);
    }

    @Test
    void aWatchOfSomeSubtreesTellsOfThemInTheOrderOfWriting() throws IOException {
        for (String name : List.of("a", "ab", "b", "c")) {
            wire.call("set_value", "path", path("t", name, "x"), "value", name);
        }
        WireClient watcher = fixture.wire();
        List<Object> only = List.of(path("c"), path("a"), path("a", "x"), path("later"));
        Object since = watcher.call("get_tock").get("tock");
        watcher.ask("watch", "path", path("t"), "only", only, "fetch", true, "max_depth", 2);
        assertThat(watcher.read()).containsEntry("state", "start");
        assertThat(watcher.read()).containsEntry("path", path("a", "x")).containsEntry("value", "a");
        assertThat(watcher.read()).containsEntry("path", path("c", "x")).containsEntry("value", "c");
        assertThat(watcher.read()).containsEntry("state", "uptodate");

        wire.call("set_value", "path", path("t", "c", "y"), "value", 1);
        wire.call("set_value", "path", path("t", "b", "x"), "value", 2);
        wire.call("set_value", "path", path("t", "later", "x", "deep"), "value", 3);
        wire.call("set_value", "path", path("t", "a", "x"), "value", 4);
        assertThat(watcher.read()).containsEntry("path", path("y")).containsEntry("value", 1L);
        assertThat(watcher.read()).containsEntry("path", path("a", "x")).containsEntry("value", 4L);

        WireClient returns = fixture.wire();
        returns.ask("watch", "path", path("t"), "only", only, "since", since);
        assertThat(returns.read()).containsEntry("state", "start");
        assertThat(returns.read()).containsEntry("path", path("c", "y")).containsEntry("value", 1L);
        assertThat(returns.read()).containsEntry("path", path("later", "x", "deep"));
        assertThat(returns.read()).containsEntry("path", path("a", "x")).containsEntry("value", 4L);
        assertThat(returns.read()).containsEntry("state", "uptodate");
    }

    @Test
    void aWatchOfNoSubtreeOrOfTheInternalTreeIsRefused() throws IOException {
        assertThat(wire.refused("watch", "path", path("t"), "only", List.of()))
                .containsEntry("error", "only: 0 paths (expected: 1 to 1000)");
        assertThat(wire.refused("watch", "path", path(), "only", List.of(Path.of(Nil.NIL))))
                .containsEntry("etype", "access");
    }

    @Test
    void aWatchWithoutFetchIsNeverUpToDate() throws IOException {
        fill(1, 3, "old");
        WireClient watcher = fixture.wire();
        watcher.ask("watch", "path", path("t"), "nchain", 3, "min_depth", 1, "max_depth", 1);
        assertThat(watcher.read()).containsEntry("state", "start");
        wire.call("set_value", "path", path("t"), "value", "too high");
        wire.call("set_value", "path", path("t", 1, 1), "value", "too deep");
        Object tock =
                wire.call("set_value", "path", path("t", 1), "value", "right").get("tock");
        assertThat(watcher.read()).containsEntry("value", "right").containsEntry("chain", ServerFixture.chain(tock));
    }

    @Test
    void itemsUpToARevisionComeBeforeTheReplyToItsWrite() throws IOException {
        wire.ask("watch", "path", path());
        wire.ask("watch", "path", path("t"));
        long last = 0;
        int items = 0;
        for (int i = 0; i < 500; i++) {
            wire.ask("set_value", "path", path("t", i % 7), "value", i, "nchain", 0);
        }
        for (int replies = 0; replies < 500; ) {
            Map<String, Object> message = wire.read();
            if (message.containsKey("changed")) {
                replies++;
                last = Math.max(last, WireClient.number(message, "tock"));
                assertThat(items)
                        .as("two items for each of %d replies", replies)
                        .isGreaterThanOrEqualTo(2 * replies);
            } else if (message.containsKey("path")) {
                items++;
            }
        }
        assertThat(items).isEqualTo(1_000);
    }

    @Test
    void sinceTellsWhatWasMissed() throws IOException {
        fill(0, 5, "old");
        Object since =
                wire.call("set_value", "path", path("t", 5), "value", "seen").get("tock");
        wire.call("set_value", "path", path("t", 1), "value", "first");
        wire.call("delete_value", "path", path("t", 2));
        wire.call("set_value", "path", path("u"), "value", "elsewhere");
        wire.call("set_value", "path", path("t", 1), "value", "second");
        WireClient watcher = fixture.wire();
        watcher.ask("watch", "path", path("t"), "since", since);
        assertThat(watcher.read()).containsEntry("state", "start").containsEntry("tock", since);
        assertThat(only(watcher.read(), "path", "value")).isEqualTo(map("path", path(2)));
        assertThat(only(watcher.read(), "path", "value")).isEqualTo(map("path", path(1), "value", "second"));
        Map<String, Object> upToDate = watcher.read();
        assertThat(upToDate).containsEntry("state", "uptodate");
        wire.call("set_value", "path", path("t", 1), "value", "third");
        assertThat(watcher.read()).containsEntry("value", "third");

        WireClient later = fixture.wire();
        later.ask("watch", "path", path("t"), "since", upToDate.get("tock"));
        assertThat(later.read()).containsEntry("state", "start");
        assertThat(later.read()).containsEntry("value", "third");
        assertThat(later.read()).containsEntry("state", "uptodate");
    }

    @Test
    void sinceWithinACommitTellsTheRestOfIt() throws IOException {
        List<?> ticks = (List<?>) WireClient.get(
                wire.call(
                        "commit",
                        "writes",
                        List.of(
                                map("path", path("t", 1), "value", 1),
                                map("path", path("t", 2), "value", 2),
                                map("path", path("t", 3), "value", 3))),
                "ticks");
        wire.ask("watch", "path", path("t"), "since", ticks.get(0));
        assertThat(wire.read()).containsEntry("state", "start");
        assertThat(wire.read()).containsEntry("value", 2L);
        assertThat(wire.read()).containsEntry("value", 3L);
        assertThat(wire.read()).containsEntry("state", "uptodate");
    }

    @Test
    void sinceATockThatIsYetToComeIsCompacted() throws IOException {
        long tock = WireClient.number(wire.call("set_value", "path", path("t"), "value", 1), "tock");
        List<Map<String, Object>> stream =
                wire.readStream(wire.ask("watch", "path", path("t"), "since", tock + 10_000));
        assertThat(stream).extracting(message -> message.get("etype")).containsExactly(null, "compacted", null);
        assertThat(wire.refused("watch", "path", path("t"), "since", 1, "fetch", true))
                .containsEntry("etype", "request");
    }

    @Test
    void aTreeIsReadInOrderAndAMissingOneIsAnError() throws IOException {
        fill(0, 1_000, "v");
        List<Map<String, Object>> stream = wire.readStream(wire.ask("get_tree", "path", path("t")));
        assertThat(stream).hasSize(1_002);
        for (int i = 0; i < 1_000; i++) {
            assertThat(stream.get(i + 1)).containsEntry("path", path(i)).doesNotContainKey("wseq");
        }
        List<Map<String, Object>> missing = wire.readStream(wire.ask("get_tree", "path", path("none")));
        assertThat(missing).hasSize(3);
        assertThat(missing.get(1)).containsEntry("error", "KeyError(P('none'))").containsEntry("etype", "notfound");
        assertThat(wire.call("enum", "path", path("none"))).containsEntry("etype", "notfound");
        assertThat(fixture.wire().call("enum", "path", path())).containsEntry("result", List.of());
    }

    @Test
    void aSeqOfARunningStreamCannotBeUsedForAnother() throws IOException {
        wire.send(map("seq", 5, "action", "watch", "path", path("t")));
        assertThat(wire.read()).containsEntry("state", "start");
        wire.send(map("seq", 5, "action", "watch", "path", path("u")));
        assertThat(wire.read()).containsEntry("etype", "request");
        wire.call("set_value", "path", path("u"), "value", 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void watchersUnderLoadSeeEveryPathInOrderAndItsNewestValueAtLast(long seed) throws Exception {
        Random random = new Random(seed);
        List<WireClient> watchers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            WireClient watcher = fixture.wire();
            if (i % 2 == 0) {
                watcher.send(map("seq", 0, "qlen", 6));
            }
            watcher.ask("watch", "path", path("t"), "fetch", true);
            watchers.add(watcher);
        }
        Thread writer = Thread.ofVirtual().start(() -> {
            Random choices = new Random(seed);
            try (WireClient client = new WireClient(fixture.server.port())) {
                for (int i = 0; i < 3_000; i++) {
                    int which = choices.nextInt(150);
                    if (choices.nextInt(5) == 0) {
                        client.ask("delete_value", "path", path("t", which), "nchain", 0);
                    } else {
                        client.ask("set_value", "path", path("t", which), "value", i, "nchain", 0);
                    }
                    if (i % 20 == 19) {
                        for (int n = 0; n < 20; n++) {
                            client.read();
                        }
                    }
                }
                client.call("set_value", "path", path("t", "last"), "value", "last");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        List<Map<Object, Object>> mirrors = new ArrayList<>();
        for (WireClient watcher : watchers) {
            mirrors.add(mirror(watcher, random, seed));
        }
        writer.join();
        Map<Object, Object> expected = new HashMap<>();
        for (Map<String, Object> item : wire.readStream(wire.ask("get_tree", "path", path("t")))) {
            if (item.containsKey("path")) {
                expected.put(item.get("path"), item.get("value"));
            }
        }
        for (Map<Object, Object> mirror : mirrors) {
            assertThat(mirror).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Reads a watch until it has seen the last write, sometimes slowly; checks the order on the way. */
    private Map<Object, Object> mirror(WireClient watcher, Random random, long seed) throws IOException {
        Map<Object, Object> mirror = new HashMap<>();
        Map<Object, Long> ticks = new HashMap<>();
        List<Object> path = List.of();
        boolean upToDate = false;
        long last = 0;
        while (!mirror.containsKey(path("last"))) {
            Map<String, Object> message = watcher.read();
            if (message.containsKey("wseq") && random.nextInt(2) == 0) {
                watcher.send(map("seq", 1, "state", "ack", "ack", message.get("wseq")));
            } else if (message.containsKey("wseq") && WireClient.number(message, "wseq") % 5 == 0) {
                watcher.send(map("seq", 1, "state", "ack", "ack", message.get("wseq")));
            }
            if ("uptodate".equals(message.get("state"))) {
                upToDate = true;
            }
            if (!message.containsKey("path")) {
                continue;
            }
            path = WireClient.whole(path, message);
            long tick = WireClient.number(message, "tock");
            assertThat(tick).as("seed %d", seed).isGreaterThan(ticks.getOrDefault(path, 0L));
            if (upToDate) {
                assertThat(tick).as("seed %d", seed).isGreaterThan(last);
                last = tick;
            }
            ticks.put(path, tick);
            if (message.containsKey("value")) {
                mirror.put(path, message.get("value"));
            } else {
                mirror.remove(path);
            }
        }
        return mirror;
    }

    @Test
    void siblingsComeInTheOrderInWhichTheyWereCreatedUnlessSortedOnesAreAskedFor() throws IOException {
        for (String name : new String[] {"z", "c", "a"}) {
            wire.call("set_value", "path", path("o", name, "below"), "value", 1);
        }
        wire.call("set_value", "path", path("o", "b"), "value", 1);
        wire.call("set_value", "path", path("o", "a"), "value", 1);
        wire.call("set_value", "path", path("o", "c", "below"), "value", 2);
        wire.call("delete_value", "path", path("o", "z", "below"));
        wire.call("set_value", "path", path("o", "z", "below"), "value", 3);
        assertThat(wire.call("enum", "path", path("o"), "empty", true))
                .containsEntry("result", List.of("c", "a", "b", "z"));
        assertThat(wire.call("enum", "path", path("o"), "empty", true, "sorted", true))
                .containsEntry("result", List.of("a", "b", "c", "z"));
        List<Path> created = List.of(
                Path.of("c", "below"), Path.of("a"), Path.of("a", "below"), Path.of("b"), Path.of("z", "below"));
        List<Path> sorted = created.stream().sorted().toList();
        for (String action : new String[] {"get_tree", "watch"}) {
            assertThat(items(action, false)).as(action).isEqualTo(created);
            assertThat(items(action, true)).as(action).isEqualTo(sorted);
        }
    }

    /** The whole paths of the first items of a stream. */
    private List<Path> items(String action, boolean sorted) throws IOException {
        WireClient reader = fixture.wire();
        reader.ask(action, "path", path("o"), "fetch", true, "sorted", sorted);
        List<Path> paths = new ArrayList<>();
        PathExpander lengthener = new PathExpander(Path.ROOT);
        while (true) {
            Map<String, Object> item = reader.read();
            if (item.containsKey("path")) {
                Path tail = Path.of((List<?>) item.get("path"));
                paths.add(lengthener.next(((Number) Objects.requireNonNull(item.get("depth"))).intValue(), tail));
            } else if (!"start".equals(item.get("state"))) {
                return paths;
            }
        }
    }
}
