package distkv.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the same thing for us and our peers in turns, in several rounds, and takes the median for each: whatever the
 * machine does meanwhile affects all of them.
 */
final class Comparison {
    /** One measurement that takes about this time. */
    interface Trial {
        double measure(Duration time) throws Exception;
    }

    private static final int ROUNDS = 3;

    private final int rounds;
    private final Map<String, Trial> entrants = new LinkedHashMap<>();

    Comparison() {
        this(ROUNDS);
    }

    /** In this many rounds: the shorter they are, the more alike is what the machine does to all entrants. */
    Comparison(int rounds) {
        this.rounds = rounds;
    }

    /** Adds an entrant; the first one is ours. */
    Comparison enter(String name, Trial trial) {
        entrants.put(name, trial);
        return this;
    }

    /** The medians in the order of entry, after a warm-up. */
    List<BenchResult.PeerFigure> run(Duration warmUp, Duration time) throws Exception {
        List<double[]> figures = new ArrayList<>();
        for (Trial trial : entrants.values()) {
            trial.measure(warmUp);
            figures.add(new double[rounds]);
        }
        for (int round = 0; round < rounds; round++) {
            int at = 0;
            for (Trial trial : entrants.values()) {
                figures.get(at++)[round] = trial.measure(time);
            }
        }
        List<BenchResult.PeerFigure> medians = new ArrayList<>();
        for (String name : entrants.keySet()) {
            double[] sorted = figures.get(medians.size());
            Arrays.sort(sorted);
            medians.add(new BenchResult.PeerFigure(name, sorted[rounds / 2]));
        }
        return medians;
    }
}
