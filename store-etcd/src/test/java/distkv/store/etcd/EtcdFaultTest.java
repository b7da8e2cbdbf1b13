package distkv.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.WriteId;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.StoreTesting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members of etcd die and come back under load: what was acknowledged is there, once, in the same order for all. */
@Timeout(120)
class EtcdFaultTest extends StoreTesting {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** Writes numbers, each to a path of its own, until told to stop. */
    private static final class Load implements AutoCloseable {
        final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
        final Set<Integer> unknown = new ConcurrentSkipListSet<>();
        final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> writers = new ArrayList<>();

        Load(List<EtcdStore> servers) {
            for (EtcdStore server : servers) {
                for (int i = 0; i < 4; i++) {
                    writers.add(pool.submit(() -> write(server)));
                }
            }
        }

        private void write(EtcdStore server) {
            while (!over.get()) {
                int number = next.incrementAndGet();
                switch (commit(server, set("n." + number, 1))) {
                    case CommitOutcome.Committed _ -> acknowledged.add(number);
                    case CommitOutcome.Unknown _ -> unknown.add(number);
                    case CommitOutcome.Refused _ -> {
                        refused.incrementAndGet();
                        pause();
                    }
                    case CommitOutcome.Conflict conflict -> throw new AssertionError(conflict);
                }
            }
        }

        private static void pause() {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitMore(int count) {
            int before = acknowledged.size();
            await().atMost(LONG).until(() -> acknowledged.size() >= before + count);
        }

        /** Waits until all writers have stopped, of which none must have failed. */
        void stop() throws ExecutionException, InterruptedException {
            over.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        @Override
        public void close() {
            over.set(true);
            pool.close();
        }
    }

    private static void check(Load load, List<EtcdStore> servers) throws Exception {
        await().atMost(LONG)
                .until(() -> servers.stream()
                                .map(server -> server.load().revision())
                                .distinct()
                                .count()
                        == 1);
        long newest = servers.getFirst().load().revision();
        List<ChangeBatch> history = history(servers.getFirst(), newest);
        for (Store server : servers) {
            assertThat(history(server, newest)).isEqualTo(history);
        }
        List<Integer> written = history.stream()
                .flatMap(batch -> batch.changes().stream())
                .filter(entry -> entry.path().elements().size() == 2)
                .map(EtcdFaultTest::number)
                .toList();
        assertThat(written).doesNotHaveDuplicates().containsAll(load.acknowledged);
        assertThat(load.acknowledged.size() + load.unknown.size()).isGreaterThanOrEqualTo(written.size());
    }

    private static int number(Entry entry) {
        return ((Long) entry.path().elements().getLast()).intValue();
    }

    private static List<ChangeBatch> history(Store server, long newest) throws Exception {
        List<ChangeBatch> history = new ArrayList<>();
        try (ChangeFeed feed = server.follow(0)) {
            while (history.size() < newest) {
                history.add(next(feed));
            }
        }
        return history;
    }

    @Test
    void anEtcdThatIsKilledAndComesBackHasAllThatWasAcknowledged() throws Exception {
        Etcd etcd = closing(Etcd.start(directory));
        EtcdStore server = closing(EtcdStore.open(etcd.options().withPatience(Duration.ofMillis(500))));
        Load load = closing(new Load(List.of(server)));
        load.awaitMore(50);
        etcd.kill(0);
        await().atMost(LONG).until(() -> load.refused.get() > 0);
        assertThat(server.trouble())
                .isEqualTo("etcd does not answer, so nothing can be written (expected: a majority of its members)");
        etcd.restart(0);
        load.awaitMore(50);
        assertThat(server.trouble()).isEmpty();
        load.stop();
        check(load, List.of(server));
    }

    @Test
    void ofThreeServersAndThreeMembersOneOfEachIsKilledUnderLoad() throws Exception {
        Etcd etcd = closing(Etcd.start(directory, 3));
        EtcdOptions options = etcd.options();
        List<EtcdStore> servers = List.of(closing(EtcdStore.open(options)), closing(EtcdStore.open(options)));
        ServerProgram third = closing(ServerProgram.start(options.address()));
        await().atMost(LONG).until(() -> isThere(servers.getFirst()));
        Load load = closing(new Load(servers));
        for (int member = 0; member < 3; member++) {
            load.awaitMore(30);
            etcd.kill(member);
            load.awaitMore(30);
            etcd.restart(member);
        }
        third.kill();
        await().atMost(LONG).until(() -> !isThere(servers.getFirst()));
        load.stop();
        check(load, servers);
    }

    /** Whether the third server, or its lease, is alive. */
    private static boolean isThere(Store server) {
        return words(server.load().entries()).contains("presence=1");
    }

    @Test
    void whetherAWriteWithoutAnAnswerWasMadeIsSaidOnlyWhenItCannotChangeAnyMore() throws Exception {
        Etcd etcd = closing(Etcd.start(directory));
        EtcdStore server = closing(EtcdStore.open(etcd.options().withPatience(Duration.ofMillis(300))));
        int unknown = 0;
        for (int round = 1; unknown < 2; round++) {
            long after = server.load().revision();
            WriteId id = new WriteId(1, round);
            etcd.pause(0);
            // The pause may come a moment late, or be noticed before there is anything to write.
            CommitOutcome outcome = outcome(server, new Commit(List.of(set("a." + round, 1)), List.of(), id));
            if (outcome instanceof CommitOutcome.Unknown) {
                unknown++;
                assertThatThrownBy(() -> server.writtenBy(Set.of(1L), after)).isInstanceOf(StoreException.class);
            }
            etcd.resume(0);
            await().atMost(LONG).ignoreExceptions().until(() -> server.writtenBy(Set.of(1L), after) != null);
            boolean isWritten = server.writtenBy(Set.of(1L), after).containsKey(id);
            await().atMost(LONG).until(() -> commit(server, set("b", 1)) instanceof CommitOutcome.Committed);
            assertThat(words(server.load().entries()).contains("a." + round + "=1"))
                    .as("%s", outcome)
                    .isEqualTo(isWritten)
                    .isEqualTo(
                            outcome instanceof CommitOutcome.Unknown
                                    ? isWritten
                                    : outcome instanceof CommitOutcome.Committed);
        }
    }

    @Test
    void whereNoEtcdIsThatIsSaid() {
        EtcdOptions options =
                EtcdOptions.of(EtcdAddress.parse("etcd://127.0.0.1:1"), "x").withPatience(Duration.ofMillis(300));
        assertThatThrownBy(() -> EtcdStore.open(options))
                .isInstanceOf(StoreException.class)
                .hasMessageMatching(
                        "etcd at 127\\.0\\.0\\.1:1 does not answer: .* \\(expected: a majority of its members\\)");
    }
}
