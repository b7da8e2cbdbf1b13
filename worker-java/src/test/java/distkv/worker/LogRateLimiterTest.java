package distkv.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much one run may log, on a clock of the test's own; as {@code test_allowance.py} has it for Python. */
class LogRateLimiterTest {
    private static final long SECOND = 1_000_000_000L;

    private static long passing(LogRateLimiter allowance, int records, long nanos) {
        return IntStream.range(0, records)
                .filter(i -> allowance.ask(10, nanos).passes())
                .count();
    }

    @Test
    void whatComesAtOnceIsBoundedAndGrowsWithTime() {
        LogRateLimiter allowance = new LogRateLimiter(0);
        assertThat(passing(allowance, LogRateLimiter.RECORDS, 0)).isEqualTo(LogRateLimiter.RECORDS);
        LogRateLimiter.Verdict first = allowance.ask(10, 0);
        assertThat(first.passes()).isFalse();
        assertThat(first.notice()).contains("more than 200 records or 128 Ki characters a second");
        assertThat(allowance.ask(10, SECOND / 2)).isEqualTo(new LogRateLimiter.Verdict(false, null));
        assertThat(allowance.ask(10, SECOND * 11 / 10))
                .isEqualTo(new LogRateLimiter.Verdict(true, "2 records were left out: too much was logged"));
        assertThat(passing(allowance, 1_000, SECOND * 11 / 10))
                .isEqualTo(LogRateLimiter.RECORDS_A_SECOND * 11 / 10 - 1);
    }

    @Test
    void longRecordsCountByTheirLength() {
        LogRateLimiter allowance = new LogRateLimiter(0);
        assertThat(allowance.ask(LogRateLimiter.CHARACTERS, 0).passes()).isTrue();
        assertThat(allowance.ask(1, 0).passes()).isFalse();
        assertThat(allowance.ask(1, SECOND * 9 / 10).passes()).isFalse();
        assertThat(allowance.ask(1, SECOND).passes()).isTrue();
    }

    @Test
    void whatWasLeftOutIsToldAtTheEndOnce() {
        LogRateLimiter allowance = new LogRateLimiter(0);
        assertThat(allowance.rest()).isNull();
        passing(allowance, LogRateLimiter.RECORDS + 1, 0);
        assertThat(allowance.rest()).isEqualTo("1 record was left out: too much was logged");
        assertThat(allowance.rest()).isNull();
    }
}
