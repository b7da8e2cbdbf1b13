package distkv.schema.group;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupSettingsTest {
    @Test
    void theDrainedNodesAreReadFromTheGroupsEntry() {
        assertThat(GroupSettings.read(Values.encode(Map.of("drain", List.of("a", "b"))))
                        .drained())
                .containsExactly("a", "b");
        assertThat(GroupSettings.read(Values.encode(Map.of("drain", "a"))).drained())
                .isEmpty();
        assertThat(GroupSettings.read(null).drained()).isEmpty();
    }

    @Test
    void theWantedNumberOfNodesIsReadFromTheGroupsEntry() {
        assertThat(GroupSettings.read(Values.encode(Map.of("nodes", 3L))).nodes())
                .isEqualTo(3);
        for (Value none : List.of(Values.NIL, Values.encode(Map.of("nodes", "x")), Values.encode(Map.of()))) {
            assertThat(GroupSettings.read(none).nodes()).isZero();
        }
        assertThat(GroupSettings.read(null).nodes()).isZero();
        assertThat(GroupSettings.read(Values.encode(Map.of("nodes", -3L))).nodes())
                .isZero();
    }

    @Test
    void aChangeKeepsWhatItDoesNotName() {
        Map<String, Object> entry = Map.of("nodes", 3L, "drain", List.of("b"), "other", 1L);
        assertThat(GroupSettings.withDrained(entry, "a", true))
                .isEqualTo(Map.of("nodes", 3L, "drain", List.of("a", "b"), "other", 1L));
        assertThat(GroupSettings.withDrained(entry, "b", false)).isEqualTo(Map.of("nodes", 3L, "other", 1L));
        assertThat(GroupSettings.withNodes(entry, null)).isEqualTo(Map.of("drain", List.of("b"), "other", 1L));
        assertThat(GroupSettings.withNodes(null, 2L)).isEqualTo(Map.of("nodes", 2L));
    }
}
