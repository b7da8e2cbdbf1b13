package distkv.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Nil;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownPathsTest {
    private final KnownPaths known = new KnownPaths();

    @Test
    void aPathIsKnownWithAllThatIsAboveItAndNothingElseIs() {
        known.add(Path.of("a", 1, Path.of("b", "c"), Nil.NIL, -2.5, "é"));
        assertThat(known.contain(Path.of("a"))).isTrue();
        assertThat(known.contain(Path.of("a", 1))).isTrue();
        assertThat(known.contain(Path.of("a", 1, Path.of("b", "c"), Nil.NIL))).isTrue();
        assertThat(known.contain(Path.of("a", 1, Path.of("b", "c"), Nil.NIL, -2.5, "é")))
                .isTrue();
        assertThat(known.contain(Path.of("a", 1, Path.of("b", "c"), Nil.NIL, -2.5, "é", "x")))
                .isFalse();
        assertThat(known.contain(Path.of("a", 1.0))).isFalse();
        assertThat(known.contain(Path.of("a", "b"))).isFalse();
        assertThat(known.contain(Path.of("b", "c"))).isFalse();
        assertThat(known.contain(Path.of(1))).isFalse();
    }

    @Test
    void noneIsForgottenHoweverManyThereAre() {
        List<Path> paths = paths(1, 200_000);
        paths.forEach(known::add);
        assertThat(paths).allMatch(known::contain);
        long taken = paths(2, 10_000).stream().filter(known::contain).count();
        assertThat(taken).as("of 10,000 unknown ones").isLessThan(200);
    }

    private static List<Path> paths(long seed, int count) {
        Random random = new Random(seed);
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            paths.add(Path.of(".distkv", "error", "node-" + seed, random.nextLong()));
        }
        return paths;
    }
}
