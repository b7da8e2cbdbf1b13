package distkv.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Bytes;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyOrderWalkTest {
    private static final Object[] ELEMENTS = {
        "a",
        "a\0",
        "a\0b",
        "",
        "ab",
        0,
        1,
        -1,
        256,
        1.5,
        true,
        false,
        Path.of("a", 1),
        Path.of(),
        new Bytes(new byte[] {0})
    };

    private record Seen(Path path, @Nullable Entry entry, int depth) {}

    private static Snapshot snapshot(Object... paths) {
        List<Entry> entries = new ArrayList<>();
        for (Object path : paths) {
            entries.add(entry((Path) path));
        }
        return new Snapshot(0, EntryTree.EMPTY).changed(1, entries);
    }

    private static Entry entry(Path path) {
        return new Entry(path, new Value(new byte[] {1}), 256, 0);
    }

    private static List<Seen> all(KeyOrderWalk walk) {
        List<Seen> all = new ArrayList<>();
        while (walk.next()) {
            all.add(new Seen(walk.path(), walk.entry(), walk.depth()));
        }
        return all;
    }

    /** What a walk must find, by looking at every entry. */
    private static List<Seen> expected(SortedMap<Path, Entry> entries, Path top, Depths depths, boolean withEmpty) {
        TreeSet<Path> paths = new TreeSet<>();
        for (Path path : entries.keySet()) {
            List<Object> elements = path.elements();
            List<Object> above = top.elements();
            boolean below = elements.size() >= above.size()
                    && elements.subList(0, above.size()).equals(above);
            boolean hidden = top.isRoot() && !elements.isEmpty() && elements.getFirst() == Nil.NIL;
            if (below && !hidden) {
                for (int length = withEmpty ? above.size() : elements.size(); length <= elements.size(); length++) {
                    paths.add(Path.of(elements.subList(0, length)));
                }
            }
        }
        List<Seen> seen = new ArrayList<>();
        for (Path path : paths) {
            int depth = path.length() - top.length();
            if (depths.contains(depth)) {
                seen.add(new Seen(path, entries.get(path), depth));
            }
        }
        return seen;
    }

    private static Path randomPath(Random random, int longest) {
        List<Object> elements = new ArrayList<>();
        for (int i = random.nextInt(longest + 1); i > 0; i--) {
            elements.add(ELEMENTS[random.nextInt(ELEMENTS.length)]);
        }
        if (random.nextInt(12) == 0) {
            elements.addFirst(Nil.NIL);
        }
        return Path.of(elements);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void findsWhatLookingAtEveryEntryFinds(long seed) {
        Random random = new Random(seed);
        SortedMap<Path, Entry> entries = new TreeMap<>();
        for (int i = 0; i < (seed % 2 == 0 ? 40 : 600); i++) {
            Path path = randomPath(random, 5);
            entries.put(path, entry(path));
        }
        Snapshot snapshot = new Snapshot(1, EntryTree.of(List.copyOf(entries.values())));
        for (int round = 0; round < 120; round++) {
            Path top = randomPath(random, 3);
            int min = random.nextInt(3);
            Depths depths = new Depths(min, random.nextBoolean() ? Depths.UNLIMITED : random.nextInt(4));
            assertThat(all(snapshot.walk(top, depths)))
                    .as("seed %d, %s, %s", seed, top, depths)
                    .isEqualTo(expected(entries, top, depths, false));
            assertThat(all(snapshot.walkWithEmpty(top, depths)))
                    .as("seed %d, %s, %s, with empty ones", seed, top, depths)
                    .isEqualTo(expected(entries, top, depths, true));
            if (!top.isRoot() && !top.equals(Snapshot.INTERNAL)) {
                assertThat(snapshot.exists(top))
                        .isEqualTo(!expected(entries, top, Depths.ALL, false).isEmpty());
            }
        }
    }

    @Test
    void theRootDoesNotShowTheInternalTree() {
        Snapshot snapshot = snapshot(Path.ROOT, Path.of(Nil.NIL, "x"), Path.of("a"));
        assertThat(all(snapshot.walk(Path.ROOT, Depths.ALL)))
                .extracting(Seen::path)
                .containsExactly(Path.ROOT, Path.of("a"));
        assertThat(all(snapshot.walk(Snapshot.INTERNAL, Depths.ALL)))
                .extracting(Seen::path)
                .containsExactly(Path.of(Nil.NIL, "x"));
    }

    @Test
    void theTopsOfBothTreesAlwaysExist() {
        Snapshot empty = new Snapshot(0, EntryTree.EMPTY);
        assertThat(empty.exists(Path.ROOT)).isTrue();
        assertThat(empty.exists(Snapshot.INTERNAL)).isTrue();
        assertThat(empty.exists(Path.of("a"))).isFalse();
    }

    @Test
    void aDeletionLeavesTheTree() {
        Snapshot before = snapshot(Path.of("a"), Path.of("a", "b"));
        Snapshot after = before.changed(2, List.of(new Entry(Path.of("a", "b"), null, 512, 0)));
        assertThat(after.get(Path.of("a", "b"))).isNull();
        assertThat(before.get(Path.of("a", "b"))).isNotNull();
        assertThat(after.size()).isEqualTo(1);
        assertThat(after.revision()).isEqualTo(2);
    }
}
