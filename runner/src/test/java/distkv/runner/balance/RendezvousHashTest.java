package distkv.runner.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import distkv.model.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendezvousHashTest {
    private static final List<String> NODES = List.of("alpha", "beta", "gamma");

    private static String first(int job, List<String> nodes) {
        long hash = RendezvousHash.hash(Path.of("job", job));
        return nodes.stream()
                .max(Comparator.comparingDouble(node -> RendezvousHash.score(hash, RendezvousHash.hash(node))))
                .orElseThrow();
    }

    @Test
    void theJobsAreSpreadEvenly() {
        Map<String, Integer> firsts = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            firsts.merge(first(i, NODES), 1, Integer::sum);
        }
        NODES.forEach(node -> assertThat(firsts.get(node)).as(node).isBetween(850, 1150));
    }

    @Test
    void aNodeThatLeavesOnlyGivesAwayItsOwnJobs() {
        List<String> rest = new ArrayList<>(NODES);
        rest.remove("beta");
        for (int i = 0; i < 300; i++) {
            String before = first(i, NODES);
            if (!before.equals("beta")) {
                assertThat(first(i, rest)).as("job %d", i).isEqualTo(before);
            }
        }
    }

    @Test
    void aNodeThatBearsMoreComesFirstMoreOften() {
        int large = 0;
        for (int i = 0; i < 3_000; i++) {
            long hash = RendezvousHash.hash(Path.of("job", i));
            large += RendezvousHash.score(hash, RendezvousHash.hash("large"), 3)
                            > RendezvousHash.score(hash, RendezvousHash.hash("small"), 1)
                    ? 1
                    : 0;
        }
        assertThat(large / 3_000.0).isCloseTo(0.75, within(0.03));
    }
}
