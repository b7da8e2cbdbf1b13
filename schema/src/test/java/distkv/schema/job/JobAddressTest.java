package distkv.schema.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobAddressTest {
    private static final Path PREFIX = Path.of("x", "y");

    @ParameterizedTest
    @EnumSource
    void anAddressIsReadFromThePathsThatAKindGivesItsEntriesAndStates(Kind kind) {
        Path entry = kind.entries(PREFIX, "house", "attic").append(Path.of("a", "b"));
        JobAddress job = Objects.requireNonNull(JobAddress.ofEntry(entry.below(PREFIX)));
        assertThat(job).isEqualTo(new JobAddress(kind, "house", kind == Kind.AT ? "attic" : "", Path.of("a", "b")));

        Path state = kind.states(PREFIX, "house", "attic").append(Path.of("a", "b"));
        assertThat(job.state(PREFIX, "attic")).isEqualTo(state);
        JobAddress found = Objects.requireNonNull(JobAddress.ofState(state.below(PREFIX)));
        assertThat(found.node()).isEqualTo(kind == Kind.ANY ? "" : "attic");
        assertThat(found.job()).isEqualTo(job);
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "any", "any.house", "at.attic.house", "all.house", "some.house.a"})
    void whatIsNoPathOfAJobHasNoAddress(String path) {
        assertThat(JobAddress.ofEntry(Path.parse(path))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"any.house.a, true", "at.attic.house.a, true", "all.house.a, false", "all.house.attic.a, true"})
    void theStateOfAJobOfAllNodesNamesItsNode(String path, boolean isState) {
        assertThat(JobAddress.ofState(Path.parse(path)) != null).isEqualTo(isState);
    }
}
