package distkv.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {
    @Test
    void numbersAreReadAsPythonReadsThem() {
        assertThat(PythonLiteral.parse("42")).isEqualTo(42L);
        assertThat(PythonLiteral.parse(" -1_000 ")).isEqualTo(-1000L);
        assertThat(PythonLiteral.parse("0x1F")).isEqualTo(31L);
        assertThat(PythonLiteral.parse("0b101")).isEqualTo(5L);
        assertThat(PythonLiteral.parse("0o17")).isEqualTo(15L);
        assertThat(PythonLiteral.parse("1.5")).isEqualTo(1.5);
        assertThat(PythonLiteral.parse("-.5e-3")).isEqualTo(-0.0005);
        assertThat(PythonLiteral.parse("1e3")).isEqualTo(1000.0);
        assertThat(PythonLiteral.parse("-inf")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(PythonLiteral.parse("18446744073709551616")).isEqualTo(BigInteger.TWO.pow(64));
    }

    @Test
    void wordsTextsAndBytesAreReadAsPythonReadsThem() {
        assertThat(PythonLiteral.parse("None")).isNull();
        assertThat(PythonLiteral.parse("True")).isEqualTo(true);
        assertThat(PythonLiteral.parse("false")).isEqualTo(false);
        assertThat(PythonLiteral.parse("'it\\'s\\n\\u00e4\\x41'")).isEqualTo("it's\näA");
        assertThat(PythonLiteral.parse("\"a'b\"")).isEqualTo("a'b");
        assertThat((byte[]) PythonLiteral.parse("b'a\\xff'")).isEqualTo("aÿ".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void collectionsNest() {
        assertThat(PythonLiteral.parse("[1, (2, 3), [], ()]"))
                .isEqualTo(List.of(1L, List.of(2L, 3L), List.of(), List.of()));
        assertThat(PythonLiteral.parse("(7)")).isEqualTo(7L);
        assertThat(PythonLiteral.parse("(7,)")).isEqualTo(List.of(7L));
        assertThat(PythonLiteral.parse("{'a': 1, 2: [None], }"))
                .isEqualTo(Map.of("a", 1L, 2L, Arrays.asList((Object) null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "joe", "[1", "[1 2]", "{1}", "{1:}", "'x", "1 2", "--1", "+-1", "1f", "0x", "b'ä€'", "1..2",
                "'\\x'", "nan1", "(,)", "b", "-", "."
            })
    void whatIsNoLiteralIsRefusedWithItsPosition(String text) {
        assertThatThrownBy(() -> PythonLiteral.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining("character ")
                .hasMessageContaining("expected: ");
    }

    @Test
    void deepNestingIsRefusedAndNotACrash() {
        assertThatThrownBy(() -> PythonLiteral.parse("[".repeat(100_000))).hasMessageContaining("at most 100 levels");
    }
}
