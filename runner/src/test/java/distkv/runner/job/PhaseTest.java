package distkv.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import distkv.runner.balance.FairShare;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhaseTest {
    @Test
    void theDiagramInTheDocsIsTheTableOfTransitions() throws IOException {
        StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> idle\n");
        for (Phase from : Phase.values()) {
            for (Phase to : Phase.NEXT.getOrDefault(from, Set.of())) {
                diagram.append("    ")
                        .append(word(from))
                        .append(" --> ")
                        .append(word(to))
                        .append('\n');
            }
        }
        diagram.append("```\n");
        assertThat(Files.readString(java.nio.file.Path.of("../docs/job-phases.md")))
                .contains(diagram);
    }

    @Test
    void aJobDoesNotTakeAWayThatIsNotInTheTable() {
        JobId id = new JobId(Kind.ANY, Path.of("a"));
        Job job = new Job(id, new FairShare("n").stake(id), Path.of("e"), Path.of("s"), Path.of("c"));
        assertThatThrownBy(() -> job.to(Phase.RUNNING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("job any a from IDLE to RUNNING");
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
