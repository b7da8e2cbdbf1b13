package distkv.runner.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import distkv.runner.group.Peer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaterFillingTest {
    private static final Set<String> ANY = Set.of();
    private static final Set<String> GPIO = Set.of("gpio");

    private static Peer peer(String node, double capacity, double pinned, String... labels) {
        return new Peer(node, capacity, pinned, Set.of(labels), false);
    }

    private static void shares(List<Peer> peers, Map<Set<String>, Integer> wanted, double... expected) {
        assertThat(WaterFilling.shares(peers, wanted)).containsExactly(expected, within(1e-6));
    }

    @Test
    void nodesThatAreAlikeGetTheSame() {
        shares(
                List.of(peer("a", 2, 0), peer("b", 2, 0), peer("c", 2, 0)),
                Map.of(ANY, 10),
                10 / 3.0,
                10 / 3.0,
                10 / 3.0);
    }

    @Test
    void aNodeThatBearsTwiceAsMuchGetsTwiceAsMuch() {
        shares(List.of(peer("a", 2, 0), peer("b", 4, 0)), Map.of(ANY, 9), 3, 6);
    }

    @Test
    void whatANodeCannotGiveAwayCounts() {
        shares(List.of(peer("a", 1, 4), peer("b", 1, 0)), Map.of(ANY, 10), 3, 7);
    }

    @Test
    void aNodeThatIsFullerThanAllOthersWillBeGetsNone() {
        shares(List.of(peer("a", 1, 50), peer("b", 1, 0), peer("c", 1, 2)), Map.of(ANY, 10), 0, 6, 4);
    }

    @Test
    void jobsThatAskForALabelComeFirst() {
        List<Peer> peers = List.of(peer("a", 1, 0, "gpio"), peer("b", 1, 0), peer("c", 1, 0));
        shares(peers, Map.of(ANY, 8, GPIO, 1), 3, 3, 3);
        shares(peers, Map.of(ANY, 8, GPIO, 10), 10, 4, 4);
    }

    @Test
    void aDrainedNodeGetsNone() {
        Peer drained = new Peer("a", 1, 0, Set.of(), true);
        shares(List.of(drained, peer("b", 1, 0), peer("c", 1, 0)), Map.of(ANY, 8), 0, 4, 4);
    }

    @Test
    void jobsThatNobodyCanRunCountForNobody() {
        shares(List.of(peer("a", 1, 0)), Map.of(GPIO, 8), 0);
        shares(List.of(), Map.of(ANY, 8));
    }

    @Test
    void theMostThatANodeShouldRunIsItsShareRoundedUp() {
        assertThat(WaterFilling.most(2)).isEqualTo(2);
        assertThat(WaterFilling.most(2 + 1e-12)).isEqualTo(2);
        assertThat(WaterFilling.most(2.1)).isEqualTo(3);
        assertThat(WaterFilling.most(0)).isZero();
    }
}
