package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.store.CommitOutcome;
import distkv.store.ForwardingStore;
import distkv.store.Store;
import distkv.store.engine.LeaseClock;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that are made again, since their answers were lost with their connection, or with the server. */
@Timeout(60)
class RetriedWritesTest {
    private static final int HISTORY = 1024;

    private final Kept store = new Kept(new MemoryStore("tree", LeaseClock.system(), HISTORY));
    private Server server;
    private WireClient first;

    @BeforeEach
    void start() throws IOException {
        server = Server.start(ServerFixture.OPTIONS, store);
        first = new WireClient(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        first.close();
        server.close();
    }

    /** Loses the first connection, with or without the server. */
    private WireClient lose(boolean restart) throws IOException {
        if (restart) {
            server.close();
            server = Server.start(ServerFixture.OPTIONS, store);
        }
        return new WireClient(server.port());
    }

    private static @Nullable Object[] again(WireClient lost, long seq, @Nullable Object... pairs) {
        @Nullable Object[] all = Arrays.copyOf(pairs, pairs.length + 4);
        all[pairs.length] = "again";
        all[pairs.length + 1] = List.of(List.of(lost.greeting.get("writer"), seq));
        all[pairs.length + 2] = "since";
        all[pairs.length + 3] = lost.greeting.get("tock");
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasMadeIsAnsweredAsItWasAndNotMadeTwice(boolean restart) throws IOException {
        first.call("set_value", "path", path("a"), "value", "old");
        Map<String, Object> made = first.call("set_value", "path", path("a"), "value", 1, "nchain", 1);
        long tick = WireClient.number(made, "tock");
        Map<String, Object> deleted = first.call("delete_value", "path", path("b"));
        List<Object> writes =
                List.of(map("path", path("c"), "value", 1, "chain", null), map("path", path("d"), "value", 2));
        Map<String, Object> all = first.call("commit", "writes", writes);
        try (WireClient second = lose(restart)) {
            second.call("set_value", "path", path("a"), "value", "newer");
            assertThat(second.call("set_value", again(first, 2, "path", path("a"), "value", 1, "nchain", 1)))
                    .containsEntry("changed", true)
                    .containsEntry("prev", "old")
                    .containsEntry("tock", tick)
                    .containsEntry("chain", made.get("chain"));
            assertThat(second.call("get_value", "path", path("a"))).containsEntry("value", "newer");
            assertThat(second.call("delete_value", again(first, 3, "path", path("b"))))
                    .containsEntry("changed", false)
                    .containsEntry("tock", deleted.get("tock"));
            assertThat(second.call("commit", again(first, 4, "writes", writes)))
                    .containsEntry("ticks", all.get("ticks"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasNotMadeIsMadeNow(boolean restart) throws IOException {
        first.call("set_value", "path", path("a"), "value", 1);
        first.call("set_value", "path", path("a"), "value", 5, "chain", null);
        try (WireClient second = lose(restart)) {
            // The second request had failed, and fails again; the third one never came.
            assertThat(second.call("set_value", again(first, 2, "path", path("a"), "value", 5, "chain", null)))
                    .containsEntry("etype", "chain");
            assertThat(second.call("set_value", again(first, 3, "path", path("a"), "value", 2, "prev", 1)))
                    .containsEntry("changed", true);
            assertThat(second.call("set_value", again(first, 4, "path", path("a"), "value", 2, "idem", true)))
                    .containsEntry("changed", false);
            assertThat(second.call("delete_tree", again(first, 5, "path", path("a"))))
                    .containsEntry("changed", 1L);
            // Now that one is asked after, on the same connection.
            assertThat(second.call("delete_tree", again(second, 4, "path", path("a"))))
                    .containsEntry("changed", 1L);
        }
    }

    @Test
    void anyOfTheAttemptsCounts() throws IOException {
        try (WireClient second = lose(false);
                WireClient third = lose(false)) {
            second.call("set_value", "path", path("a"), "value", 1);
            List<Object> attempts =
                    List.of(List.of(first.greeting.get("writer"), 9), List.of(second.greeting.get("writer"), 1));
            assertThat(third.call("set_value", "path", path("a"), "value", 1, "again", attempts, "since", 0))
                    .containsEntry("tock", 256L);
        }
    }

    @Test
    void aGuardThatIsGoneByNowDoesNotUndoWhatWasMade() throws IOException {
        Map<String, Object> claim = first.call("set_value", "path", path("claim"), "value", 1);
        List<Object> guard = List.of(List.of(path("claim"), claim.get("tock")));
        first.call("set_value", "path", path("a"), "value", 1, "guard", guard);
        try (WireClient second = lose(true)) {
            second.call("delete_value", "path", path("claim"));
            assertThat(second.call("set_value", again(first, 2, "path", path("a"), "value", 1, "guard", guard)))
                    .containsEntry("changed", true);
            assertThat(second.call("set_value", again(first, 3, "path", path("a"), "value", 2, "guard", guard)))
                    .containsEntry("etype", "guard");
        }
    }

    @Test
    void anotherConnectionIsEndedBeforeItsWritesAreLookedFor() throws Exception {
        store.hold = new CountDownLatch(1);
        first.ask("set_value", "path", path("a"), "value", 1);
        store.asked.await();
        try (WireClient second = lose(false)) {
            long seq = second.ask("set_value", again(first, 1, "path", path("a"), "value", 1));
            // The first connection ends, while its write is still on its way into the store.
            try (WireClient third = lose(false)) {
                assertThat(third.call("get_value", "path", path("a"))).doesNotContainKey("value");
                store.hold.countDown();
                assertThat(second.read()).containsEntry("seq", seq).containsEntry("tock", 256L);
                assertThat(third.call("get_value", "path", path("a"))).containsEntry("tock", 256L);
            }
        }
        assertThat(first.readOrEnd())
                .satisfiesAnyOf(
                        message -> assertThat(message).isNull(),
                        message -> assertThat(message).containsEntry("seq", 1L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTreeThatWasDeletedInPartIsDeletedToItsEndButNotWhatCameLater(boolean restart) throws IOException {
        for (int i = 0; i < 600; i++) {
            first.ask("set_value", "path", path("t", i), "value", i, "nchain", 0);
        }
        for (int i = 0; i < 600; i++) {
            first.read();
        }
        // Two of its three parts happen.
        store.left.set(2);
        assertThat(first.call("delete_tree", "path", path("t"))).containsEntry("etype", "refused");
        store.left.set(Integer.MAX_VALUE);
        try (WireClient second = lose(restart)) {
            second.call("set_value", "path", path("t", 3), "value", "new");
            assertThat(second.call("delete_tree", again(first, 601, "path", path("t"))))
                    .containsEntry("changed", 600L);
            assertThat(second.call("get_value", "path", path("t", 3))).containsEntry("value", "new");
            assertThat(second.call("get_value", "path", path("t", 599))).doesNotContainKey("value");
            try (WireClient third = lose(restart)) {
                third.call("set_value", "path", path("t", 4), "value", "new");
                List<Object> attempts =
                        List.of(List.of(first.greeting.get("writer"), 601), List.of(second.greeting.get("writer"), 2));
                List<Map<String, Object>> stream = third.readStream(
                        third.ask("delete_tree", "path", path("t"), "nchain", 1, "again", attempts, "since", 255));
                assertThat(stream).hasSize(602);
                assertThat(third.call("get_value", "path", path("t", 4))).containsEntry("value", "new");
            }
        }
    }

    @Test
    void whereHistoryDoesNotReachNobodyKnows() throws IOException {
        for (int i = 0; i < HISTORY + 1; i++) {
            first.call("set_value", "path", path("a"), "value", i, "nchain", 0);
        }
        try (WireClient second = lose(false)) {
            assertThat(second.call("set_value", again(first, 1, "path", path("a"), "value", 0)))
                    .containsEntry("etype", "unknown");
            assertThat(second.call("get_value", "path", path("a"))).containsEntry("value", (long) HISTORY);
            @Nullable Object[] future = again(first, 1, "path", path("a"), "value", 0);
            future[future.length - 1] = 1L << 40;
            assertThat(second.call("set_value", future)).containsEntry("etype", "unknown");
        }
    }

    @Test
    void nonsenseIsRefused() throws IOException {
        Object attempts = List.of(List.of(1, 1));
        for (@Nullable
        Object[] pairs : List.<@Nullable Object[]>of(
                new @Nullable Object[] {"path", path("a"), "value", 1, "again", attempts},
                new @Nullable Object[] {"path", path("a"), "value", 1, "since", 0, "again", List.of()},
                new @Nullable Object[] {"path", path("a"), "value", 1, "since", 0, "again", List.of(1)},
                new @Nullable Object[] {"path", path("a"), "value", 1, "since", 0, "again", List.of(List.of(1, -1))},
                new @Nullable Object[] {"path", path("a"), "value", 1, "since", 0, "again", List.of(List.of(1, "x"))
                })) {
            assertThat(first.call("set_value", pairs)).containsEntry("etype", "request");
        }
        assertThat(first.call("get_value", "path", path("a"), "since", 0, "again", attempts))
                .containsEntry("etype", "request");
        assertThat(first.call("get_value", "path", path("a"))).doesNotContainKey("value");
    }

    /** A store that outlives the servers over it, and whose commits can be held up, or refused after some. */
    private static final class Kept extends ForwardingStore {
        final CountDownLatch asked = new CountDownLatch(1);
        volatile @Nullable CountDownLatch hold;
        final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        private final List<Thread> late = new ArrayList<>();

        Kept(Store store) {
            super(store);
        }

        @Override
        public CompletableFuture<CommitOutcome> commit(Commit commit) {
            if (left.getAndDecrement() <= 0) {
                return CompletableFuture.completedFuture(new CommitOutcome.Refused("the disk is full"));
            }
            CountDownLatch until = hold;
            if (until == null) {
                return store.commit(commit);
            }
            CompletableFuture<CommitOutcome> outcome = new CompletableFuture<>();
            asked.countDown();
            late.add(Thread.startVirtualThread(() -> {
                try {
                    until.await();
                    outcome.complete(store.commit(commit).join());
                } catch (InterruptedException e) {
                    outcome.complete(new CommitOutcome.Refused("interrupted"));
                }
            }));
            return outcome;
        }

        @Override
        public void close() {}
    }
}
