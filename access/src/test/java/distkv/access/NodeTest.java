package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.access.NodeAccount.Reads;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Prefixes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeTest {
    private static final Zones ZONES = new Zones(Prefixes.DEFAULT);

    private static NodeAccount node(Reads reads) {
        return new NodeAccount(
                "attic", Set.of("default", "b"), Set.of("gpio"), Set.of("5f"), 1_000, "olga", false, reads);
    }

    @Test
    void itIsReadAsItWasWritten() throws Exception {
        for (Reads reads : Reads.values()) {
            assertThat(NodeAccount.read("attic", node(reads).encode(null))).isEqualTo(node(reads));
        }
        NodeAccount revoked = new NodeAccount("attic", Set.of(), Set.of(), Set.of(), 0, "", true, Reads.ALL);
        assertThat(NodeAccount.read("attic", revoked.encode(null))).isEqualTo(revoked);
        assertThat(Values.decode(node(Reads.ALL).encode(Values.encode(Map.of("later", 5L)))))
                .isEqualTo(Map.of(
                        "later",
                        5L,
                        "groups",
                        List.of("b", "default"),
                        "labels",
                        List.of("gpio"),
                        "fingerprints",
                        List.of("5f"),
                        "joined",
                        1_000L,
                        "by",
                        "olga"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+", "#", ""})
    void aGroupThatWouldBeAWildcardIsNone(String group) {
        assertThatThrownBy(() -> NodeAccount.read("attic", Values.encode(Map.of("groups", List.of(group)))))
                .isInstanceOf(BadEntry.class)
                .hasMessageContaining("names other than + and #");
        assertThatThrownBy(() -> NodeAccount.read("a/b", Values.encode(Map.of())))
                .isInstanceOf(BadEntry.class);
    }

    private static boolean may(NodeAccount node, Right right, String path) {
        Path at = Path.parse(":.distkv." + path);
        return NodeRole.rights(node, Prefixes.DEFAULT, topic -> topic).allow(right, at, ZONES.of(at));
    }

    @Test
    void itMayWriteForItsGroupsAndUnderItsName() {
        for (Reads reads : Reads.values()) {
            for (String own : List.of(
                    "presence.b.attic.any",
                    "state.any.b.heat",
                    "state.at.attic.b.heat",
                    "state.all.b.attic.heat",
                    "claim.any.default.heat",
                    "claim.at.attic.b.heat",
                    "claim.all.b.attic.heat")) {
                assertThat(may(node(reads), Right.RUN, own)).as(own).isTrue();
            }
            for (String other : List.of(
                    "presence.b.cellar.any",
                    "presence.c.attic.any",
                    "state.any.c.heat",
                    "state.at.cellar.b.heat",
                    "state.all.b.cellar.heat",
                    "claim.any.c.heat",
                    "claim.at.cellar.b.heat",
                    "claim.all.b.cellar.heat",
                    "group.b",
                    "code.proc.heat",
                    "config.x")) {
                assertThat(may(node(reads), Right.RUN, other)).as(other).isFalse();
            }
        }
    }

    @Test
    void itMayReadAllOrWhatItsRunnersNeed() {
        for (String needed : List.of("code.proc.heat", "run.any.b.heat", "state.any.b.heat", "group.b", "config.x")) {
            assertThat(may(node(Reads.ALL), Right.READ, needed)).as(needed).isTrue();
            assertThat(may(node(Reads.JOBS), Right.READ, needed)).as(needed).isTrue();
        }
        for (String other : List.of("run.any.c.heat", "state.any.c.heat", "hass.x", "group.c")) {
            assertThat(may(node(Reads.ALL), Right.READ, other)).as(other).isTrue();
            assertThat(may(node(Reads.JOBS), Right.READ, other)).as(other).isFalse();
        }
        Path user = AccessTable.user("olga");
        assertThat(NodeRole.rights(node(Reads.ALL), Prefixes.DEFAULT, topic -> topic)
                        .allow(Right.ADMIN, user, ZONES.of(user)))
                .isFalse();
    }

    @Test
    void theTableHasIt() {
        AccessTable table = AccessTable.of(
                Prefixes.DEFAULT,
                List.of(new distkv.model.Entry(
                        AccessTable.node("attic"), node(Reads.ALL).encode(null), 1, 0)),
                fault -> {
                    throw new AssertionError(fault);
                });
        assertThat(Objects.requireNonNull(table.findNode("attic"))).isEqualTo(node(Reads.ALL));
        assertThat(table.nodes()).containsExactly(node(Reads.ALL));
    }
}
