package distkv.runner.group;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.group.Member;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final Path PREFIX = Path.of(".distkv", "presence", "default");
    private final Membership membership = new Membership(PREFIX);
    private long tick;

    private static Member member(String node, String kind) {
        return new Member(node, kind, 1, 2, 3, 1, 4, Set.of("gpio"), null);
    }

    private @Nullable String comes(String node, String kind) {
        return membership.apply(
                new Entry(PREFIX.child(node).child(kind), member(node, kind).encode(), ++tick, 0));
    }

    private @Nullable String goes(String node, String kind) {
        return membership.apply(new Entry(PREFIX.child(node).child(kind), null, ++tick, 0));
    }

    @Test
    void nodesAreCountedWhateverKindsOfRunnerTheyHave() {
        comes("a", "any");
        comes("a", "at");
        comes("b", "all");
        assertThat(membership.count()).isEqualTo(2);
        assertThat(membership.peer("a")).isEqualTo(new Peer("a", 4, 1, Set.of("gpio"), false));
        assertThat(membership.peer("b")).as("it runs no jobs for any node").isNull();
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
    void aNodeSaysWhichJobsItRefuses() {
        Path kitchen = Path.of("kitchen");
        Member refusing = new Member("a", "any", 1, 2, 3, 1, 4, Set.of(), null, Map.of(kitchen, "unsigned"));
        membership.apply(new Entry(PREFIX.child("a").child("any"), refusing.encode(), ++tick, 0));
        assertThat(membership.find("a", "any")).isEqualTo(refusing);
        assertThat(membership.peer("a")).isEqualTo(new Peer("a", 4, 1, Set.of(), false, Set.of(kitchen)));
    }

    @Test
    void onlyComingAndGoingIsNews() {
        assertThat(comes("a", "any")).isEqualTo("a");
        assertThat(comes("a", "any")).isNull();
        assertThat(goes("a", "any")).isEqualTo("a");
        assertThat(goes("a", "any")).isNull();
    }

    @Test
    void whatARunnerSaysOfItselfIsReadBack() {
        comes("a", "any");
        assertThat(membership.find("a", "any")).isEqualTo(member("a", "any"));
        assertThat(membership.find("a", "at")).isNull();
    }

    @Test
    void thePresenceOfAnotherImplementationCountsToo() {
        membership.apply(new Entry(PREFIX.child("b").child("any"), Values.encode("here"), 1, 0));
        assertThat(membership.find("b", "any")).isEqualTo(new Member("b", "any", 0, 0, 0, 0, 1, Set.of(), null));
    }

    @Test
    void newsOfItsLoadAndLabelsIsNewsToo() {
        comes("a", "any");
        Member more = new Member("a", "any", 1, 2, 3, 2, 4, Set.of(), null);
        assertThat(membership.apply(new Entry(PREFIX.child("a").child("any"), more.encode(), ++tick, 0)))
                .isEqualTo("a");
        assertThat(membership.peer("a")).isEqualTo(new Peer("a", 4, 2, Set.of(), false));
    }

    @Test
    void whoIsDrainedOrNotAnyMoreIsNewsAndNobodyElse() {
        comes("a", "any");
        comes("b", "any");
        assertThat(membership.drain(Set.of("a", "c"))).containsExactly("a", "c");
        assertThat(membership.peer("a")).isEqualTo(new Peer("a", 4, 1, Set.of("gpio"), true));
        comes("c", "any");
        assertThat(membership.peer("c")).isEqualTo(new Peer("c", 4, 1, Set.of("gpio"), true));
        assertThat(membership.drain(Set.of("b", "c"))).containsExactly("a", "b");
        assertThat(membership.drain(Set.of("b", "c"))).isEmpty();
        assertThat(membership.peer("a")).isEqualTo(new Peer("a", 4, 1, Set.of("gpio"), false));
    }
}
