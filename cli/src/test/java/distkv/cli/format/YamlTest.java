package distkv.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.input.YamlFile;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class YamlTest {
    @Test
    void aLoneScalarIsPrintedAsPythonPrintsIt() {
        assertThat(Yaml.wire("Testing")).isEqualTo("'Testing'\n");
        assertThat(Yaml.wire("it's")).isEqualTo("\"it's\"\n");
        assertThat(Yaml.wire("a\nb\u0001")).isEqualTo("'a\\nb\\x01'\n");
        assertThat(Yaml.wire(new byte[] {'a', -1})).isEqualTo("b'a\\xff'\n");
        assertThat(Yaml.wire(123L)).isEqualTo("123\n");
        assertThat(Yaml.wire(1795517922.253326)).isEqualTo("1795517922.253326\n");
        assertThat(Yaml.wire(null)).isEqualTo("null\n");
        assertThat(Yaml.wire(Path.of("a", "b"))).isEqualTo("!P a.b\n");
    }

    @Test
    void whatAnyParserReadsHasNoTagsOfOurs() {
        assertThat(Yaml.document("Testing")).isEqualTo("'Testing'\n");
        assertThat(Yaml.document("it's")).isEqualTo("\"it's\"\n");
        assertThat(Yaml.document("a\n b\n")).isEqualTo("|\n  a\n   b\n");
        assertThat(Yaml.document("a\nb\u0001")).isEqualTo("\"a\\nb\\u0001\"\n");
        assertThat(Yaml.document(" a\nb")).isEqualTo("\" a\\nb\"\n");
        assertThat(Yaml.document(new byte[] {'a', -1})).isEqualTo("!!binary \"Yf8=\"\n");
        assertThat(Yaml.document(1e30)).isEqualTo("1.0e+30\n");
        assertThat(Yaml.document(Path.of("a", "b"))).isEqualTo("a.b\n");
        assertThat(Yaml.document(Map.of("where", Path.of("12")))).isEqualTo("where: '12'\n");
        assertThat(Yaml.document(List.of(Map.of(Path.ROOT, 1L)))).isEqualTo("- ':': 1\n");
        assertThat(Yaml.document(Map.of(List.of(1L, 2L), 3L))).isEqualTo("'[1, 2]': 3\n");
        assertThat(Yaml.document(Map.of("k".repeat(1_025), List.of(1L))))
                .isEqualTo("? " + "k".repeat(1_025) + "\n:\n  - 1\n");
    }

    @Test
    void structuresLookLikeTheOriginals() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("where", Path.of("a", "b"));
        inner.put("name", "Joe");
        inner.put("age", 42L);
        Map<Path, Object> item = Map.of(Path.of("two", "three", "four"), inner);
        assertThat(Yaml.wire(List.of(item)))
                .isEqualTo("- !P two.three.four:\n    age: 42\n    name: Joe\n    where: !P a.b\n");
        assertThat(Yaml.document(Map.of("vars", List.of("who")))).isEqualTo("vars:\n- who\n");
        assertThat(Yaml.document(Map.of("code", "a\n  b\n"))).isEqualTo("code: |\n  a\n    b\n");
        assertThat(Yaml.document(Map.of("code", "a\nb"))).isEqualTo("code: |-\n  a\n  b\n");
        assertThat(Yaml.wire(List.of(Path.of("two")))).isEqualTo("- !P two\n");
        assertThat(Yaml.document(List.of(List.of("a", "b"), List.of()))).isEqualTo("- - a\n  - b\n- []\n");
        assertThat(Yaml.document(Map.of("data", Map.of()))).isEqualTo("data: {}\n");
    }

    @Test
    void textsThatYamlWouldReadAsSomethingElseAreQuoted() {
        for (String text : List.of(
                "",
                "1",
                "1.5",
                "1e3",
                "true",
                "No",
                "null",
                "~",
                "2026-11-24 10:58:42.253",
                "12:30:45",
                "0x1f",
                ".inf",
                "- a",
                "a: b",
                "a #b",
                "#a",
                "[a",
                "{a",
                "!a",
                "&a",
                "*a",
                "%a",
                "@a",
                "`a",
                "'a",
                "\"a",
                " a",
                "a ",
                "a:",
                "---",
                "|",
                ">",
                "?",
                "-")) {
            assertThat(Yaml.document(Map.of("k", text))).as(text).startsWith("k: '");
        }
        for (String text :
                List.of("a", "<11 lines>", "no target", "RuntimeError('Owch')", "a:b", "-x", "10.0.0.1", "vm:251")) {
            assertThat(Yaml.document(Map.of("k", text))).isEqualTo("k: " + text + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsPrintedReadsBackAsTheSame(long seed) {
        roundTrips(seed, Yaml::wire, text -> YamlFile.parse(text, "seed " + seed), value -> value);
    }

    /** Any parser: this one knows nothing of our tags. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void whatIsPrintedIsReadByAnyParserWithPathsAsTexts(long seed) {
        roundTrips(seed, Yaml::document, YamlTest::read, YamlTest::texts);
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            Object lone = value(random, 2);
            String printed = Yaml.document(lone);
            assertThat(read(printed)).as(printed).isEqualTo(texts(lone));
        }
    }

    private static @Nullable Object read(String text) {
        return new Load(LoadSettings.builder().build()).loadFromString(text);
    }

    /** Values with texts in place of paths. */
    private static @Nullable Object texts(@Nullable Object value) {
        return switch (value) {
            case Path path -> path.toString();
            case List<?> list -> {
                List<@Nullable Object> all = new ArrayList<>();
                list.forEach(item -> all.add(texts(item)));
                yield all;
            }
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> all = new LinkedHashMap<>();
                map.forEach((key, item) -> all.put(key, texts(item)));
                yield all;
            }
            case null, default -> value;
        };
    }

    private static void roundTrips(
            long seed,
            Function<@Nullable Object, String> printer,
            Function<String, @Nullable Object> reader,
            UnaryOperator<@Nullable Object> expected) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            Map<Object, @Nullable Object> value = new LinkedHashMap<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                value.put(text(random), value(random, 3));
            }
            String printed = printer.apply(value);
            assertThat(reader.apply(printed))
                    .as("seed %d, round %d:%n%s", seed, round, printed)
                    .isEqualTo(expected.apply(value));
        }
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt(-1000, 1000);
            case 3 -> Math.round(random.nextGaussian() * 1e6) / 64.0 * (random.nextInt(9) == 0 ? 1e30 : 1);
            case 4 -> text(random);
            case 5 -> Path.of(text(random), (long) random.nextInt(100), true);
            case 6 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
            default -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(random.nextInt(6) == 0 ? random.nextInt(50) : text(random), value(random, depth - 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random) {
        String letters = "ab 1-:#'\"\\\n\t,[]{}&*!|>%@`?.~=<\r\u0001ä€\u2028\u0085\ufeff😀yesno0";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int at = random.nextInt(letters.codePointCount(0, letters.length()));
            text.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
        }
        return text.toString();
    }
}
