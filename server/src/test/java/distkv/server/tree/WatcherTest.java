package distkv.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatcherTest {
    private final WatcherIndex watches = new WatcherIndex();
    private long revision;

    private Watcher watch(Path top, Depths depths) {
        Watcher watch = new Watcher(WatchScope.of(top, depths), 4, 6, () -> {});
        watches.add(watch);
        return watch;
    }

    private Entry change(Path path) {
        return new Entry(path, new Value(new byte[] {1}), Revision.tick(++revision, 0), 0);
    }

    private List<Watcher> happens(Path path) {
        Entry change = change(path);
        return List.copyOf(watches.offer(revision, List.of(change)));
    }

    private static List<Path> taken(Watcher watch) {
        List<Path> taken = new ArrayList<>();
        for (Entry change = watch.poll(); change != null; change = watch.poll()) {
            taken.add(change.path());
        }
        return taken;
    }

    @Test
    void aChangeReachesTheWatchesOfItsPathAndParents() {
        Watcher root = watch(Path.ROOT, Depths.ALL);
        Watcher parent = watch(Path.of("a"), Depths.ALL);
        Watcher self = watch(Path.of("a", "b"), Depths.ALL);
        Watcher other = watch(Path.of("a", "c"), Depths.ALL);
        Watcher child = watch(Path.of("a", "b", "c"), Depths.ALL);
        assertThat(happens(Path.of("a", "b"))).containsExactly(root, parent, self);
        assertThat(other.poll()).isNull();
        assertThat(child.poll()).isNull();
        assertThat(taken(self)).containsExactly(Path.of("a", "b"));
    }

    @Test
    void depthsAreCountedFromTheTopOfTheWatch() {
        Watcher watch = watch(Path.of("a"), new Depths(1, 2));
        happens(Path.of("a"));
        happens(Path.of("a", 1));
        happens(Path.of("a", 1, 2));
        happens(Path.of("a", 1, 2, 3));
        assertThat(taken(watch)).containsExactly(Path.of("a", 1), Path.of("a", 1, 2));
    }

    @Test
    void theRootDoesNotSeeTheInternalTree() {
        Watcher root = watch(Path.ROOT, Depths.ALL);
        Watcher internal = watch(Snapshot.INTERNAL, Depths.ALL);
        happens(Path.of(Nil.NIL, "x"));
        assertThat(root.poll()).isNull();
        assertThat(taken(internal)).containsExactly(Path.of(Nil.NIL, "x"));
    }

    @Test
    void aStoppedWatchGetsNothingMore() {
        Watcher one = watch(Path.of("a"), Depths.ALL);
        Watcher two = watch(Path.of("a"), Depths.ALL);
        watches.remove(one);
        assertThat(happens(Path.of("a"))).containsExactly(two);
        watches.remove(two);
        watches.remove(two);
        assertThat(happens(Path.of("a"))).isEmpty();
    }

    @Test
    void aWatchIsWokenOnceForABatch() {
        Watcher watch = watch(Path.of("a"), Depths.ALL);
        List<Entry> changes = List.of(change(Path.of("a", 1)), change(Path.of("a", 2)));
        assertThat(watches.offer(revision, changes)).containsExactly(watch);
        assertThat(watch.size()).isEqualTo(2);
    }

    @Test
    void aFullQueueTurnsLaggingAndKeepsTheNewestOfEachPathInTheirOrder() {
        Watcher watch = watch(Path.of("a"), Depths.ALL);
        for (int i : new int[] {1, 2, 1, 3, 2}) {
            happens(Path.of("a", i));
        }
        assertThat(watch.state()).isEqualTo(Watcher.State.LAGGING);
        assertThat(taken(watch)).containsExactly(Path.of("a", 1), Path.of("a", 3), Path.of("a", 2));
        assertThat(watch.state()).isEqualTo(Watcher.State.FOLLOWING);
        happens(Path.of("a", 1));
        happens(Path.of("a", 1));
        assertThat(taken(watch)).hasSize(2);
    }

    @Test
    void aWatchThatLagsBehindByTooManyPathsIsLost() {
        Watcher watch = watch(Path.of("a"), Depths.ALL);
        for (int i = 0; i < 6; i++) {
            happens(Path.of("a", i));
        }
        assertThat(watch.state()).isEqualTo(Watcher.State.LAGGING);
        happens(Path.of("a", 6));
        assertThat(watch.state()).isEqualTo(Watcher.State.LOST);
        assertThat(watch.poll()).isNull();
        happens(Path.of("a", 7));
        assertThat(watch.poll()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void neverReordersOrRepeatsAndEndsInTheNewest(long seed) {
        Random random = new Random(seed);
        Watcher watch = new Watcher(WatchScope.of(Path.of("a"), Depths.ALL), 8, 1_000, () -> {});
        watches.add(watch);
        Map<Path, Long> newest = new HashMap<>();
        Map<Path, Long> seen = new HashMap<>();
        long lastTick = 0;
        boolean lagged = false;
        for (int round = 0; round < 3_000; round++) {
            for (int i = random.nextInt(6); i > 0; i--) {
                Path path = Path.of("a", random.nextInt(20));
                happens(path);
                newest.put(path, Revision.tick(revision, 0));
            }
            lagged |= watch.state() == Watcher.State.LAGGING;
            for (int i = random.nextInt(round % 100 < 50 ? 3 : 20); i > 0; i--) {
                Entry change = watch.poll();
                if (change != null) {
                    assertThat(change.tick()).as("seed %d", seed).isGreaterThan(lastTick);
                    lastTick = change.tick();
                    seen.put(change.path(), change.tick());
                }
            }
        }
        for (Entry change = watch.poll(); change != null; change = watch.poll()) {
            assertThat(change.tick()).isGreaterThan(lastTick);
            lastTick = change.tick();
            seen.put(change.path(), change.tick());
        }
        assertThat(lagged).isTrue();
        assertThat(seen).isEqualTo(newest);
    }
}
