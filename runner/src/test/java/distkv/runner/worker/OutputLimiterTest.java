package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What workers print is bounded, whatever they print. */
class OutputLimiterTest {
    private final List<String> lines = new ArrayList<>();

    private List<String> printed(String text, LongSupplier nanos) throws Exception {
        new OutputLimiter(lines::add, nanos).copy(new StringReader(text));
        return lines;
    }

    @Test
    void linesComeAsTheyWereWritten() throws Exception {
        assertThat(printed("a\n\nb", () -> 0)).containsExactly("a", "", "b");
    }

    @Test
    void aLineWithoutEndIsCut() throws Exception {
        assertThat(printed("x".repeat(OutputLimiter.LONGEST + 1), () -> 0))
                .containsExactly("x".repeat(OutputLimiter.LONGEST), "x");
    }

    @Test
    void aFloodIsToldOfAndCounted() throws Exception {
        assertThat(printed("x\n".repeat(100_000), () -> 0))
                .hasSize(OutputLimiter.MOST + 2)
                .endsWith(
                        "more than 500 lines a second are printed: some are not shown",
                        "99500 lines that were printed are not shown");
    }

    @Test
    void whoPrintsSlowlyLosesNothing() throws Exception {
        long[] clock = {0};
        assertThat(printed("x\n".repeat(2_000), () -> clock[0] += 1_000_000_000 / (OutputLimiter.MOST - 1)))
                .hasSize(2_000)
                .containsOnly("x");
    }

    @Test
    void whatNobodyTakesIsDroppedAndToldOfLater() throws Exception {
        List<String> taken = new ArrayList<>();
        long[] clock = {0};
        boolean[] busy = {true};
        OutputLimiter printed = new OutputLimiter(line -> !busy[0] && taken.add(line), () -> clock[0]);
        printed.copy(new StringReader("a\nb\n"));
        busy[0] = false;
        clock[0] += 1_000_000_000;
        printed.copy(new StringReader("c\n"));
        assertThat(taken).containsExactly("2 lines that were printed are not shown", "c");
    }
}
