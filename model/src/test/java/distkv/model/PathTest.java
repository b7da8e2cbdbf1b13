package distkv.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What holds for every path, tried on many; the seed is printed and can be set with -Dseed. */
class PathTest {
    private static final int ROUNDS = 3000;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final RandomPaths paths = new RandomPaths(seed);

    @BeforeEach
    void printTheSeed(TestReporter reporter) {
        reporter.publishEntry("seed", String.valueOf(seed));
    }

    @Test
    void aPathHasTheElementsItWasMadeOf() {
        for (int i = 0; i < ROUNDS; i++) {
            List<Object> elements = paths.elements();

            assertThat(Path.of(elements).elements()).as("seed %d", seed).isEqualTo(elements);
        }
    }

    @Test
    void aPathThatIsPrintedAndParsedIsTheSame() {
        for (int i = 0; i < ROUNDS; i++) {
            Path path = Path.of(paths.elements());

            assertThat(Path.parse(path.toString())).as("seed %d", seed).isEqualTo(path);
        }
    }

    @Test
    void siblingsWithNumbersHaveHashesOfTheirOwn() {
        for (Path parent : List.of(Path.ROOT, Path.of(".distkv", "run", "any"))) {
            long numbers = IntStream.range(0, 50_000)
                    .map(i -> parent.child(i).hashCode())
                    .distinct()
                    .count();
            long names = IntStream.range(0, 50_000)
                    .map(i -> parent.child("job" + i).hashCode())
                    .distinct()
                    .count();
            assertThat(List.of(numbers, names))
                    .allSatisfy(count -> assertThat(count).isGreaterThan(49_900));
        }
    }

    @Test
    void aKeyIsThePath() {
        for (int i = 0; i < ROUNDS; i++) {
            Path path = Path.of(paths.elements());

            assertThat(Path.ofKey(path.key())).as("seed %d", seed).isEqualTo(path);
        }
    }

    @Test
    void pathsSortAsTheirElementsDo() {
        for (int i = 0; i < ROUNDS; i++) {
            List<Object> a = paths.elements();
            List<Object> b = paths.elements();

            assertThat(Integer.signum(Path.of(a).compareTo(Path.of(b))))
                    .as("seed %d: %s and %s", seed, a, b)
                    .isEqualTo(Integer.signum(compare(a, b)));
        }
    }

    @Test
    void headAndTailAreThePath() {
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            List<Object> elements = paths.elements();
            Path path = Path.of(elements);
            int cut = random.nextInt(elements.size() + 1);

            assertThat(path.length()).isEqualTo(elements.size());
            assertThat(path.head(cut).elements()).as("seed %d", seed).isEqualTo(elements.subList(0, cut));
            assertThat(path.head(cut).append(path.tail(cut))).isEqualTo(path);
            assertThat(path.startsWith(path.head(cut))).isTrue();
            assertThat(path.below(path.head(cut))).isEqualTo(path.tail(cut));
            assertThat(path.shared(path.head(cut))).isEqualTo(cut);
        }
    }

    @Test
    void aPathStartsWithAnotherExactlyIfItsElementsDo() {
        for (int i = 0; i < ROUNDS; i++) {
            List<Object> a = paths.elements();
            List<Object> b = paths.elements();
            int shared = 0;
            while (shared < Math.min(a.size(), b.size()) && a.get(shared).equals(b.get(shared))) {
                shared++;
            }

            assertThat(Path.of(a).shared(Path.of(b)))
                    .as("seed %d: %s and %s", seed, a, b)
                    .isEqualTo(shared);
            assertThat(Path.of(a).startsWith(Path.of(b))).isEqualTo(shared == b.size());
        }
    }

    @Test
    void aPathEndsWithAnotherExactlyIfItsElementsDo() {
        for (int i = 0; i < ROUNDS; i++) {
            Path path = Path.of(paths.elements());
            Path other = Path.of(paths.elements());

            boolean ends = other.length() <= path.length()
                    && path.tail(path.length() - other.length()).equals(other);
            assertThat(path.endsWith(other))
                    .as("seed %d: %s and %s", seed, path, other)
                    .isEqualTo(ends);
            assertThat(path.append(other).endsWith(other)).isTrue();
        }
    }

    @Test
    void aTextThatEndsInTheKeyOfAnotherDoesNotEndWithIt() {
        assertThat(Path.of("a" + (char) PathKey.TEXT + "b").endsWith(Path.of("b")))
                .isFalse();
        assertThat(Path.of("a", "b").endsWith(Path.of("b"))).isTrue();
    }

    @Test
    void aChildsParentIsThePath() {
        for (int i = 0; i < ROUNDS; i++) {
            Path path = Path.of(paths.elements());

            assertThat(path.child("x").parent()).as("seed %d", seed).isEqualTo(path);
            assertThat(path.child("x")).isGreaterThan(path).isNotEqualTo(path);
        }
    }

    @Test
    void aTextWithAZeroIsNotBelowTheTextBeforeIt() {
        assertThat(Path.of("a\0b").startsWith(Path.of("a"))).isFalse();
    }

    @Test
    void garbageIsNoKey() {
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] garbage = new byte[random.nextInt(12)];
            random.nextBytes(garbage);
            try {
                assertThat(Path.ofKey(garbage).key()).as("seed %d", seed).isEqualTo(garbage);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("not a path's key");
            }
        }
    }

    @Test
    void pathsNestSixteenDeep() {
        Path nested = Path.ROOT;
        for (int i = 0; i < PathKey.MAX_NESTING; i++) {
            nested = Path.of(nested);
        }
        Path deepest = nested;

        assertThat(Path.parse(deepest.toString())).isEqualTo(deepest);
        assertThatThrownBy(() -> Path.of(deepest)).hasMessage("path nested more than 16 deep");
        byte[] deeper = new byte[100_000];
        Arrays.fill(deeper, (byte) PathKey.NESTED);
        assertThatThrownBy(() -> Path.ofKey(deeper)).isInstanceOf(IllegalArgumentException.class);
    }

    private static int compare(List<Object> a, List<Object> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static int compare(Object a, Object b) {
        int byType = Integer.compare(rank(a), rank(b));
        if (byType != 0) {
            return byType;
        }
        return switch (a) {
            case Boolean flag -> flag.compareTo((Boolean) b);
            case Double number -> number.compareTo((Double) b);
            case Number number -> new BigDecimal(number.toString()).compareTo(new BigDecimal(b.toString()));
            case String text -> compareBytes(utf8(text), utf8(b));
            case Bytes bytes -> compareBytes(bytes.array(), ((Bytes) b).array());
            case Path path -> compare(path.elements(), ((Path) b).elements());
            default -> 0;
        };
    }

    private static byte[] utf8(Object text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int compareBytes(byte[] a, byte[] b) {
        Comparator<byte[]> order = Arrays::compareUnsigned;
        return order.compare(a, b);
    }

    private static int rank(Object element) {
        return switch (element) {
            case Nil _ -> 0;
            case Boolean _ -> 1;
            case Long _, BigInteger _ -> 2;
            case Double _ -> 3;
            case String _ -> 4;
            case Bytes _ -> 5;
            default -> 6;
        };
    }
}
