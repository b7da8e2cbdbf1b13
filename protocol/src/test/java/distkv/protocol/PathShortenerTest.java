package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import org.junit.jupiter.api.Test;

/** Shortened paths, with the example that the original's documentation gives. */
class PathShortenerTest {
    private static final Path PREFIX = Path.of("a", "b");

    @Test
    void theExampleOfTheOriginal() {
        PathShortener shortener = new PathShortener(PREFIX);

        assertShortened(shortener, "a.b", 0, ":");
        assertShortened(shortener, "a.b.c.d", 0, "c.d");
        assertShortened(shortener, "a.b.c.e.f", 1, "e.f");
        assertShortened(shortener, "a.b.c.e.g.h", 2, "g.h");
        assertShortened(shortener, "a.b.c.i", 1, "i");
        assertShortened(shortener, "a.b.j", 0, "j");
        assertShortened(shortener, "a.b.j", 1, ":");
    }

    @Test
    void whatIsShortenedIsLengthenedToTheSame() {
        long seed = Long.getLong("seed", System.nanoTime());
        RandomValues values = new RandomValues(seed);
        PathShortener shortener = new PathShortener(PREFIX);
        PathExpander lengthener = new PathExpander(PREFIX);
        for (int i = 0; i < 3000; i++) {
            Path path = PREFIX.append(values.path());
            PathShortener.Shortened shortened = shortener.next(path);

            assertThat(lengthener.next(shortened.depth(), shortened.path()))
                    .as("seed %d", seed)
                    .isEqualTo(path);
        }
    }

    @Test
    void aPathBesideThePrefixIsAMistake() {
        assertThatThrownBy(() -> new PathShortener(PREFIX).next(Path.of("a", "c")))
                .hasMessage("path a.c in a stream below a.b");
    }

    @Test
    void aDepthBeyondThePreviousPathIsRefused() {
        assertThatThrownBy(() -> new PathExpander(PREFIX).next(1, Path.of("c")))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("depth: 1 (expected: at most 0, the elements of the previous item's path)");
    }

    private static void assertShortened(PathShortener shortener, String full, int depth, String rest) {
        assertThat(shortener.next(Path.parse(full))).isEqualTo(new PathShortener.Shortened(depth, Path.parse(rest)));
    }
}
