package distkv.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonFormatTest {
    /** The right-hand sides are what Python 3 prints. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "-2.5, -2.5",
        "1e15, 1000000000000000.0",
        "1e16, 1e+16",
        "123456789012345678, 1.2345678901234568e+17",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "1.5e-7, 1.5e-07",
        "1e300, 1e+300",
        "1795517922.2533260, 1795517922.253326",
        "100, 100.0",
        "NaN, nan",
        "-Infinity, -inf",
        "1e-300, 1e-300"
    })
    void floatsLookLikePythons(double number, String text) {
        assertThat(PythonFormat.number(number)).isEqualTo(text);
    }
}
