package distkv.runner.group;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final Path PREFIX = Path.of(".distkv", "presence", "default");
    private final Membership membership = new Membership(PREFIX);
    private long tick;

    private boolean comes(String node, String kind) {
        return membership.apply(
                new Entry(PREFIX.child(node).child(kind), new Member(node, kind, 1, 2, 3, 4).encode(), ++tick, 0));
    }

    private boolean goes(String node, String kind) {
        return membership.apply(new Entry(PREFIX.child(node).child(kind), null, ++tick, 0));
    }

    @Test
    void nodesAreCountedWhateverKindsOfRunnerTheyHave() {
        comes("a", "any");
        comes("a", "at");
        comes("b", "all");
        assertThat(membership.count()).isEqualTo(2);
        assertThat(membership.nodes("any")).isEqualTo(List.of("a"));
    }

    @Test
    void aNodeIsGoneWithItsLastPresence() {
        comes("a", "any");
        comes("a", "at");
        goes("a", "any");
        assertThat(membership.count()).isEqualTo(1);
        goes("a", "at");
        assertThat(membership.count()).isZero();
    }

    @Test
    void onlyComingAndGoingIsNews() {
        assertThat(comes("a", "any")).isTrue();
        assertThat(comes("a", "any")).isFalse();
        assertThat(goes("a", "any")).isTrue();
        assertThat(goes("a", "any")).isFalse();
    }

    @Test
    void whatARunnerSaysOfItselfIsReadBack() {
        comes("a", "any");
        assertThat(membership.find("a", "any")).isEqualTo(new Member("a", "any", 1, 2, 3, 4));
        assertThat(membership.find("a", "at")).isNull();
    }

    @Test
    void thePresenceOfAnotherImplementationCountsToo() {
        membership.apply(new Entry(PREFIX.child("b").child("any"), Values.encode("here"), 1, 0));
        assertThat(membership.find("b", "any")).isEqualTo(new Member("b", "any", 0, 0, 0, 0));
    }

    @Test
    void theWantedNumberOfNodesIsReadFromTheGroupsEntry() {
        assertThat(Membership.wanted(Values.encode(Map.of("nodes", 3L)))).isEqualTo(3);
        for (Value none : List.of(Values.NIL, Values.encode(Map.of("nodes", "x")), Values.encode(Map.of()))) {
            assertThat(Membership.wanted(none)).isZero();
        }
        assertThat(Membership.wanted(null)).isZero();
        assertThat(Membership.wanted(Values.encode(Map.of("nodes", -3L)))).isZero();
    }
}
