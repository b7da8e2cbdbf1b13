package distkv.server.tree;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.engine.MemoryStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ReplicaTest {
    private final MemoryStore store = new MemoryStore("tree");
    private final Replica replica = Replica.start(store);

    @AfterEach
    void close() {
        replica.close();
        store.close();
    }

    private long set(Path path, int value) {
        Write write = Write.set(path, new Value(new byte[] {(byte) value}), Expectation.anything());
        CommitOutcome outcome = store.commit(Commit.of(write)).join();
        return ((CommitOutcome.Committed) outcome).revision();
    }

    private long delete(Path path) {
        CommitOutcome outcome = store.commit(Commit.of(Write.delete(path, Expectation.anything())))
                .join();
        return ((CommitOutcome.Committed) outcome).revision();
    }

    @Test
    void whatWasCommittedIsThereOnceItsRevisionIsReached() throws InterruptedException {
        long revision = set(Path.of("a"), 1);
        replica.await(revision);
        Entry entry = requireNonNull(replica.snapshot().get(Path.of("a")));
        assertThat(entry.tick()).isEqualTo(Revision.tick(revision, 0));
        assertThat(replica.snapshot().tock()).isGreaterThanOrEqualTo(entry.tick());
        replica.await(delete(Path.of("a")));
        assertThat(replica.snapshot().get(Path.of("a"))).isNull();
    }

    @Test
    void startsWithWhatTheStoreHolds() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            set(Path.of("a", i), i);
        }
        long revision = set(Path.of("b"), 1);
        try (Replica second = Replica.start(store)) {
            assertThat(second.snapshot().revision()).isEqualTo(revision);
            assertThat(second.snapshot().size()).isEqualTo(101);
            second.await(set(Path.of("c"), 1));
            assertThat(second.snapshot().get(Path.of("c"))).isNotNull();
        }
    }

    @Test
    void actionsOfOneRevisionRunAfterItsChangesWereGivenToTheWatches() throws InterruptedException {
        Watcher watch = new Watcher(WatchScope.of(Path.ROOT, Depths.ALL), 10_000, 10_000, () -> {});
        replica.start(watch);
        CountDownLatch done = new CountDownLatch(500);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            long revision = set(Path.of("a", i), 1);
            int at = i;
            Runnable reached = () -> {
                if (watch.size() <= at || replica.snapshot().revision() < revision) {
                    wrong.add("revision " + revision);
                }
                done.countDown();
            };
            replica.whenReached(revision, reached, () -> wrong.add("lost " + revision));
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).isEmpty();
    }

    @Test
    void nobodyWaitsForAClosedReplica() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(2);
        AtomicBoolean reached = new AtomicBoolean();
        replica.whenReached(1_000_000, () -> reached.set(true), released::countDown);
        Watcher watch = new Watcher(WatchScope.of(Path.ROOT, Depths.ALL), 10, 10, () -> {});
        replica.start(watch);
        replica.close();
        replica.whenReached(1_000_000, () -> reached.set(true), released::countDown);
        assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.state()).isEqualTo(Watcher.State.LOST);
        assertThat(reached).as("a revision that never was").isFalse();
    }

    /** A reader that takes its time, while another thread writes, deletes and rewrites. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aWatchAndItsSnapshotTogetherHaveNoGapAndNoRepeat(long seed) throws InterruptedException {
        Random random = new Random(seed);
        Thread writer = Thread.ofVirtual().start(() -> {
            Random choices = new Random(seed + 100);
            for (int i = 0; i < 20_000; i++) {
                Path path = Path.of("a", choices.nextInt(50));
                if (choices.nextInt(4) == 0) {
                    delete(path);
                } else {
                    set(path, choices.nextInt(100));
                }
            }
        });
        for (int round = 0; round < 20; round++) {
            Semaphore woken = new Semaphore(0);
            Watcher watch = new Watcher(WatchScope.of(Path.of("a"), Depths.ALL), 50, 1_000, woken::release);
            Snapshot start = replica.start(watch);
            Map<Path, Entry> mirror = new HashMap<>();
            for (KeyOrderWalk walk = start.walk(Path.of("a"), Depths.ALL); walk.next(); ) {
                mirror.put(walk.path(), start.get(walk.path()));
            }
            long last = start.tock();
            for (int i = random.nextInt(200); i > 0; i--) {
                last = take(watch, mirror, last);
            }
            replica.stop(watch);
            Snapshot end = replica.snapshot();
            while (watch.size() > 0) {
                last = take(watch, mirror, last);
            }
            for (Entry entry : mirror.values()) {
                Entry now = end.get(entry.path());
                assertThat(now == null || now.tick() >= entry.tick()).isTrue();
            }
            if (!writer.isAlive()) {
                break;
            }
        }
        writer.join();
        Watcher watch = new Watcher(WatchScope.of(Path.of("a"), Depths.ALL), 50, 1_000, () -> {});
        Snapshot start = replica.start(watch);
        Map<Path, Entry> mirror = new HashMap<>();
        long last = start.tock();
        long revision = set(Path.of("a", 1), 1);
        replica.await(revision);
        while (watch.size() > 0) {
            last = take(watch, mirror, last);
        }
        assertThat(mirror).containsKey(Path.of("a", 1));
    }

    private static long take(Watcher watch, Map<Path, Entry> mirror, long last) {
        Entry change = watch.poll();
        if (change == null) {
            return last;
        }
        assertThat(change.tick()).isGreaterThan(last);
        if (change.isDeletion()) {
            mirror.remove(change.path());
        } else {
            mirror.put(change.path(), change);
        }
        return change.tick();
    }
}
