package distkv.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.store.TreeContents;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PathSortTest {
    static List<Long> seeds() {
        return List.of(1L, 2L, 3L, new Random().nextLong(), new Random().nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sortsAsPathsCompare(long seed) {
        Random random = new Random(seed);
        Set<Path> paths = new LinkedHashSet<>();
        int count = random.nextInt(40_000);
        for (int i = 0; i < count; i++) {
            paths.add(path(random));
        }
        Entry[] entries = paths.stream()
                .map(path -> new Entry(path, new Value(new byte[0]), 0, 0))
                .toArray(Entry[]::new);
        TreeContents sorted = PathSort.contents(0, entries);
        assertThat(sorted.entries())
                .extracting(Entry::path)
                .containsExactlyElementsOf(paths.stream().sorted().toList());
    }

    /** Few elements, so that many paths begin alike, end within others and differ late. */
    private static Path path(Random random) {
        List<Object> elements = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            elements.add(
                    switch (random.nextInt(6)) {
                        case 0 -> "a-longer-name-than-eight";
                        case 1 -> "\0".repeat(random.nextInt(4));
                        case 2 -> (long) random.nextInt(3);
                        case 3 -> random.nextBoolean();
                        case 4 -> Path.of("x", (long) random.nextInt(3));
                        default -> "k" + random.nextInt(500);
                    });
        }
        return Path.of(elements);
    }

    @Test
    void sortsLongKeysThatDifferAtTheirEndOnly() {
        List<Path> paths = new ArrayList<>();
        for (long i = 0; i < 100; i++) {
            paths.add(Path.of("x".repeat(50_000), i * 37 % 100));
        }
        Entry[] entries =
                paths.stream().map(path -> new Entry(path, null, 0, 0)).toArray(Entry[]::new);
        assertThat(PathSort.contents(0, entries).entries())
                .extracting(Entry::path)
                .containsExactlyElementsOf(paths.stream().sorted().toList());
    }

    @Test
    void sortsNothingAndOne() {
        assertThat(PathSort.contents(0, new Entry[0]).entries()).isEmpty();
        Entry one = new Entry(Path.ROOT, new Value(new byte[0]), 0, 0);
        assertThat(PathSort.contents(0, new Entry[] {one}).entries()).containsExactly(one);
    }
}
