package distkv.runner.group;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TurnTest {
    private static final List<String> NODES = List.of("alpha", "beta", "gamma");

    @Test
    void everyNodeHasItsOwnRank() {
        for (int i = 0; i < 100; i++) {
            Path job = Path.of("job", i);
            TreeSet<Integer> ranks = new TreeSet<>();
            NODES.forEach(node -> ranks.add(Turn.rank(job, node, NODES)));
            assertThat(ranks).as("job %d", i).isEqualTo(new TreeSet<>(List.of(0, 1, 2)));
        }
    }

    @Test
    void theJobsAreSharedEvenly() {
        for (String node : NODES) {
            long first = 0;
            for (int i = 0; i < 3_000; i++) {
                first += Turn.rank(Path.of("job", i), node, NODES) == 0 ? 1 : 0;
            }
            assertThat(first).as(node).isBetween(850L, 1150L);
        }
    }

    @Test
    void aNodeThatLeavesOnlyGivesAwayItsOwnJobs() {
        List<String> rest = new ArrayList<>(NODES);
        rest.remove("beta");
        for (int i = 0; i < 300; i++) {
            Path job = Path.of("job", i);
            if (Turn.rank(job, "alpha", NODES) == 0) {
                assertThat(Turn.rank(job, "alpha", rest)).as("job %d", i).isZero();
            }
        }
    }

    @Test
    void aNodeThatIsNotPresentYetComesAfterThoseWhoAre() {
        assertThat(Turn.rank(Path.of("a"), "alone", List.of())).isZero();
    }
}
