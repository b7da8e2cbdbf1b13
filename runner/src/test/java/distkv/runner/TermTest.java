package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TermTest {
    private final Term term = new Term();

    @Test
    void aRenewalIsNewsOnce() {
        assertThat(term.renewed(1, 3, 100)).isTrue();
        assertThat(term.until()).isEqualTo(103);
        assertThat(term.renewed(1, 2, 101)).isFalse();
        assertThat(term.renewed(2, 3, 101)).isTrue();
        assertThat(term.until()).isEqualTo(104);
    }

    @Test
    void aSessionIsOverWhenItsMachineHasSleptForLongEnoughWhateverItsOwnClockSays() {
        term.renewed(1, 3, 100);
        assertThat(term.left(2.5, 100.5)).isEqualTo(2.5);
        assertThat(term.left(2.5, 3_600)).isNegative();
    }

    @Test
    void withoutTheOtherClockItsOwnIsAllThereIs() {
        term.renewed(1, 3, Double.NaN);
        assertThat(term.left(2.5, Double.NaN)).isEqualTo(2.5);
    }

    @Test
    void theOtherClockAdvancesAsTimeDoes() {
        BootClock clock = new BootClock();
        double before = clock.now();
        double after = clock.now();
        assertThat(after).isGreaterThanOrEqualTo(before).isCloseTo(before, org.assertj.core.data.Offset.offset(60.0));
    }
}
