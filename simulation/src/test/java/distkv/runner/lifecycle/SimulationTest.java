package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The real decisions in virtual worlds, where everything goes wrong: runners are killed, stopped, paused, suspended, cut
 * off and drained, clocks are set, news is late or skipped, jobs fail, hang, move and change. What must hold is checked
 * at every step: see {@link SimCheck} and {@link SimHistory}.
 */
class SimulationTest {
    @Test
    void noJobRunsTwiceNoneIsLostNoneStartsEarlyAndTheLoadIsBalancedInAThousandHistories() {
        assertThat(failures(LongStream.rangeClosed(1, 1_000))).isEmpty();
    }

    @Test
    void theSameHoldsForAThousandRunnersWithTenThousandJobs() {
        assertThat(failures(LongStream.rangeClosed(SimHistory.LARGE + 1, SimHistory.LARGE + 5)))
                .isEmpty();
    }

    @Tag("long")
    @Test
    void theSameHoldsInAHundredThousandHistories() {
        assertThat(failures(LongStream.rangeClosed(1_001, 101_000))).isEmpty();
    }

    /** Replays one history and prints what happens in it. */
    @Test
    @EnabledIfSystemProperty(named = "seed", matches = "\\d+")
    void replay() {
        long seed = Long.parseLong(Objects.requireNonNull(System.getProperty("seed")));
        List<String> journal = new ArrayList<>();
        try {
            new SimHistory(seed, journal).run();
        } finally {
            journal.forEach(System.out::println);
        }
    }

    private static Map<Long, String> failures(LongStream seeds) {
        Map<Long, String> failures = new TreeMap<>();
        seeds.parallel().forEach(seed -> {
            String failure = SimHistory.failure(seed);
            if (failure != null) {
                synchronized (failures) {
                    failures.put(seed, failure);
                }
            }
        });
        return failures;
    }
}
