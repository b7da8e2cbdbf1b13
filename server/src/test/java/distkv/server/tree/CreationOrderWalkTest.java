package distkv.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreationOrderWalkTest {
    private record Seen(Path path, @Nullable Entry entry) {}

    private static Entry entry(Path path, long created) {
        return new Entry(path, new Value(new byte[] {1}), created + 256, 0, created);
    }

    private static List<Seen> all(TreeWalk walk) {
        List<Seen> all = new ArrayList<>();
        while (walk.next()) {
            all.add(new Seen(walk.path(), walk.entry()));
        }
        return all;
    }

    /** What a walk must find, by looking at all entries for every place. */
    private static void expect(
            Map<Path, Entry> entries, Path place, int depth, Depths depths, boolean withEmpty, List<Seen> seen) {
        Entry here = entries.get(place);
        boolean there = entries.keySet().stream().anyMatch(path -> path.startsWith(place));
        if (depths.contains(depth) && (here != null || (withEmpty && there))) {
            seen.add(new Seen(place, here));
        }
        if (depth == depths.max()) {
            return;
        }
        Set<Path> children = new HashSet<>();
        for (Path path : entries.keySet()) {
            boolean hidden = place.isRoot() && path.startsWith(Snapshot.INTERNAL);
            if (path.startsWith(place) && !path.equals(place) && !hidden) {
                children.add(path.head(place.length() + 1));
            }
        }
        children.stream()
                .sorted(Comparator.comparingLong(child -> age(entries, child)))
                .forEach(child -> expect(entries, child, depth + 1, depths, withEmpty, seen));
    }

    private static long age(Map<Path, Entry> entries, Path place) {
        return entries.values().stream()
                .filter(entry -> entry.path().startsWith(place))
                .mapToLong(Entry::created)
                .min()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aWalkIsWhatLookingAtEverythingSays(long seed) {
        Random random = new Random(seed);
        TreeMap<Path, Entry> entries = new TreeMap<>();
        Snapshot snapshot = new Snapshot(0, EntryTree.EMPTY);
        long tick = 1;
        Object[] names = {"a", "b", "a\0b", 1L, 2L, Nil.NIL, "c", true};
        for (int step = 0; step < 12; step++) {
            List<Entry> changes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                List<Object> elements = new ArrayList<>();
                for (int n = random.nextInt(5); n > 0; n--) {
                    elements.add(names[random.nextInt(names.length)]);
                }
                Path path = Path.of(elements);
                if (random.nextInt(3) == 0) {
                    entries.remove(path);
                    changes.add(new Entry(path, null, ++tick, 0));
                } else {
                    Entry entry = entry(
                            path, entries.containsKey(path) ? entries.get(path).created() : ++tick);
                    entries.put(path, entry);
                    changes.add(entry);
                }
            }
            snapshot = snapshot.changed(step + 1, changes);
            for (int i = 0; i < 10; i++) {
                int length = random.nextInt(3);
                List<Object> elements = new ArrayList<>();
                while (elements.size() < length) {
                    elements.add(names[random.nextInt(names.length)]);
                }
                Path top = Path.of(elements);
                int min = random.nextInt(3);
                int max = random.nextInt(4) - 1;
                Depths depths = new Depths(min, max < 0 ? Depths.UNLIMITED : max);
                for (boolean withEmpty : new boolean[] {false, true}) {
                    List<Seen> expected = new ArrayList<>();
                    expect(entries, top, 0, depths, withEmpty, expected);
                    if (expected.size() == 1
                            && top.isRoot()
                            && expected.getFirst().entry() == null
                            && all(snapshot.walkWithEmpty(top, depths)).isEmpty()) {
                        expected.clear(); // Only the internal tree is below the root.
                    }
                    TreeWalk walk = withEmpty
                            ? snapshot.walkByCreationWithEmpty(top, depths)
                            : snapshot.walkByCreation(top, depths);
                    assertThat(all(walk))
                            .as("seed %d, %s, %s", seed, top, depths)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void theOldestOfManyEntriesIsFoundWhereverItIs() {
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < 5000; i++) {
            entries.add(entry(Path.of("a", i / 50, i % 50), 10_000 + (i * 7919) % 5000));
        }
        Snapshot snapshot = new Snapshot(1, EntryTree.of(entries));
        TreeMap<Path, Entry> byPath = new TreeMap<>();
        entries.forEach(entry -> byPath.put(entry.path(), entry));
        List<Seen> expected = new ArrayList<>();
        expect(byPath, Path.of("a"), 0, new Depths(1, 1), true, expected);
        assertThat(all(snapshot.walkByCreationWithEmpty(Path.of("a"), new Depths(1, 1))))
                .isEqualTo(expected)
                .hasSize(100);
    }
}
