package distkv.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Path texts against a table that was made by running the original, moat.util 0.38.1, on the same texts. */
class PathTextTest {
    private static final BigInteger BIG = BigInteger.TWO.pow(70);

    /** Text, how the original prints it again, elements. */
    static List<Arguments> asTheOriginal() {
        return List.of(
                row(":", ":"),
                row("a", "a", "a"),
                row("a.b", "a.b", "a", "b"),
                row(":.distkv.code.proc.forty.two", null, ".distkv", "code", "proc", "forty", "two"),
                row("a:42.5", null, "a", 42, "5"),
                row(":-1.5", null, -1, "5"),
                row(":-1:.5", null, -1.5),
                row("a:t.x", null, "a", true, "x"),
                row(":t:f:n:e", null, true, false, null, ""),
                row("a::b:.c:_d", null, "a:b.c d"),
                row("a b", "a:_b", "a b"),
                row("a_b", null, "a_b"),
                row(":x1F", ":31", 31),
                row(":x-1f", ":-31", -31),
                row(":b101", ":5", 5),
                row(":0x10", ":16", 16),
                row(":1_000", ":1000", 1000),
                row(":i42", ":42", 42),
                row(":(1)", ":1", 1),
                row(":iTrue", ":t", true),
                row(":vab:_c:.d", null, bytes("ab c.d")),
                row(":v", null, bytes("")),
                row(":ib'x'", ":vx", bytes("x")),
                row("a:vx.b", null, "a", bytes("x"), "b"),
                row(":1,(2,'x')", ":1,(2,:_'x')", List.of(1, List.of(2, "x"))),
                row(":'a','b'", null, List.of("a", "b")),
                row(":-5,:_6", ":-5,6", List.of(-5, 6)),
                row("a:'b',('c',:_'d')", null, "a", List.of("b", List.of("c", "d"))),
                row(":'it::s'", "it::s", "it:s"),
                row(":\"it's\"", "it's", "it's"),
                row("::", null, ":"),
                row(":t::", ":t.::", true, ":"),
                row("a:t:.b", "a:t.:.b", "a", true, ".b"),
                row("a.:x12", "a:18", "a", 18),
                row("a.:.b", null, "a", ".b"),
                row("a.:_b", null, "a", " b"),
                row(":e.x:e", null, "", "x", ""),
                row(":1:.5:-1:.5:1e+16:1e-05:0:.0001", null, 1.5, -1.5, 1e16, 1e-5, 0.0001),
                row(":1:.2345678901234568e+17:-0:.0:1e+22", null, 123456789012345680.0, -0.0, 1e22),
                row(":1180591620717411303424:-1180591620717411303424", null, BIG, BIG.negate()),
                row(
                        ":\"it's\",'q\"\\'','é\\x7f\\u200b\\n',None,True,1:.5,b'\\x00a'",
                        null,
                        Arrays.asList("it's", "q\"'", "é\u007f\u200b\n", null, true, 1.5, bytes("\0a"))));
    }

    @ParameterizedTest
    @MethodSource
    void asTheOriginal(String text, String printed, Path path) {
        assertThat(Path.parse(text)).isEqualTo(path);
        assertThat(path).hasToString(printed);
    }

    /** Where the original loses or refuses what it has printed itself, a path still comes back. */
    static List<Arguments> betterThanTheOriginal() {
        return List.of(
                row(":'a',", null, List.of("a")),
                row(":('a',)", ":'a',", List.of("a")),
                row(":2,", null, List.of(2)),
                row(":()", null, List.of()),
                row("a:(),", null, "a", List.of(List.of())),
                row(":iinf:-inf:inan", null, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN),
                row(":iinf,-inf", null, List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)),
                row(":ib'x',1", null, List.of(bytes("x"), 1)),
                row(":y00ff", null, bytes("\0ÿ")),
                row(":sAP8=", ":y00ff", bytes("\0ÿ")),
                row(":4:.9e-324", null, Double.MIN_VALUE),
                row(":mfoo.a", "a", "a"),
                row(":mfoo:t", ":t", true),
                row(":mfoo:", ":"));
    }

    @ParameterizedTest
    @MethodSource
    void betterThanTheOriginal(String text, String printed, Path path) {
        assertThat(Path.parse(text)).isEqualTo(path);
        assertThat(path).hasToString(printed);
    }

    static List<Arguments> errors() {
        return List.of(
                Arguments.of("", "nothing at position 1 (expected: an element, or ':' for the path without elements)"),
                Arguments.of("a..b", "a dot at position 3 (expected: an element before it; a dot in a text is ':.')"),
                Arguments.of(".a", "a dot at position 1 (expected: an element before it; a dot in a text is ':.')"),
                Arguments.of("a.", "the end at position 3 (expected: an element after the dot)"),
                Arguments.of(":t.", "the end at position 4 (expected: an element after the dot)"),
                Arguments.of(
                        "a:",
                        "a colon at the end at position 2 (expected: what it escapes; a colon in a text is '::')"),
                Arguments.of(
                        "a.:t",
                        "':' after a dot at position 3 (expected: no dot before an element that begins with a colon)"),
                Arguments.of(
                        "a.:5",
                        "':' after a dot at position 3 (expected: no dot before an element that begins with a colon)"),
                Arguments.of("a:t_b", "text after a complete element at position 4 (expected: '.' or ':')"),
                Arguments.of("a:tx.b", "'tx' at position 2 (expected: " + LITERAL + ")"),
                Arguments.of(":007", "'007' at position 1 (expected: " + LITERAL + ")"),
                Arguments.of("a:1+2", "'1+2' at position 2 (expected: " + LITERAL + ")"),
                Arguments.of(":'a", "''a' at position 1 (expected: text that ends with ')"),
                Arguments.of(":(1", "'(1' at position 1 (expected: " + LITERAL + ")"),
                Arguments.of(":y0", "'0' at position 1 (expected: bytes in hexadecimal, two digits each)"),
                Arguments.of(":s=", "'=' at position 1 (expected: bytes in base 64)"),
                Arguments.of(":xg", "'g' at position 1 (expected: an integer in hexadecimal)"),
                Arguments.of(":b2", "'2' at position 1 (expected: an integer in binary)"),
                Arguments.of(":vé", "'é' at position 1 (expected: bytes in ASCII)"),
                Arguments.of("a:mfoo", "a mark at position 2 (expected: it at the beginning only)"));
    }

    private static final String LITERAL =
            "a literal: a number, 'text', b'bytes', True, False, None, inf, nan or 'a','b'";

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorQuotesTheTextAndNamesThePositionAndWhatWasExpected(String text, String message) {
        assertThatThrownBy(() -> Path.parse(text))
                .isInstanceOf(PathSyntaxException.class)
                .hasMessage("path '" + text + "': " + message);
    }

    private static Arguments row(String text, @Nullable String printed, @Nullable Object... elements) {
        return Arguments.of(text, printed == null ? text : printed, Path.of(elements));
    }

    private static Bytes bytes(String latin) {
        return new Bytes(latin.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
