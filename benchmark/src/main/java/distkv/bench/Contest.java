package distkv.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the same thing for us and our peers in turns, several rounds of it, and takes each one's median: what the
 * machine does meanwhile hits all of them.
 */
final class Contest {
    /** One measurement that takes about so long. */
    interface Trial {
        double measure(Duration time) throws Exception;
    }

    private static final int ROUNDS = 3;

    private final Map<String, Trial> entrants = new LinkedHashMap<>();

    /** The first one is us. */
    Contest enter(String name, Trial trial) {
        entrants.put(name, trial);
        return this;
    }

    /** Medians in the order of entry, after everybody has been warmed up. */
    List<Result.Peer> run(Duration warmUp, Duration time) throws Exception {
        List<double[]> figures = new ArrayList<>();
        for (Trial trial : entrants.values()) {
            trial.measure(warmUp);
            figures.add(new double[ROUNDS]);
        }
        for (int round = 0; round < ROUNDS; round++) {
            int at = 0;
            for (Trial trial : entrants.values()) {
                figures.get(at++)[round] = trial.measure(time);
            }
        }
        List<Result.Peer> medians = new ArrayList<>();
        for (String name : entrants.keySet()) {
            double[] sorted = figures.get(medians.size());
            Arrays.sort(sorted);
            medians.add(new Result.Peer(name, sorted[ROUNDS / 2]));
        }
        return medians;
    }
}
