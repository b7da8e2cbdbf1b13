package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.balance.FairShare;
import distkv.runner.schedule.Attempt;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhaseTest {
    @Test
    void theDiagramInTheDocsIsTheTableOfTransitions() throws IOException {
        StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> idle\n");
        Deque<Class<? extends Phase>> open = new ArrayDeque<>(List.of(Phase.Idle.class));
        Set<Class<? extends Phase>> drawn = new HashSet<>(open);
        while (!open.isEmpty()) {
            Class<? extends Phase> from = open.remove();
            for (Class<? extends Phase> to : Phase.NEXT.getOrDefault(from, List.of())) {
                diagram.append("    ")
                        .append(word(from))
                        .append(" --> ")
                        .append(word(to))
                        .append('\n');
                if (drawn.add(to)) {
                    open.add(to);
                }
            }
        }
        diagram.append("```\n");
        assertThat(drawn).hasSize(Phase.NEXT.size());
        assertThat(Files.readString(java.nio.file.Path.of("../docs/job-phases.md")))
                .contains(diagram);
    }

    @Test
    void aJobDoesNotTakeAWayThatIsNotInTheTable() {
        JobId id = new JobId(Kind.ANY, Path.of("a"));
        Job job = new Job(id, new FairShare("here").stake(id));
        JobEntry entry = new JobEntry(Path.of("demo"), Map.of(), 900, 0, 100, 1.1, 0);
        Procedure procedure = new Procedure(Path.of("demo"), "pass", Mode.ASYNC, List.of(), Map.of());
        Phase.Claiming claiming =
                new Phase.Claiming(new Attempt(entry, procedure), StateEntry.NEW, 7, false, 0, 1_000, 0);
        Run run = new Run(1, false, claiming, new Guard(Path.of("claim"), 1));
        assertThatThrownBy(() -> job.to(new Phase.Running(run, null)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("job any a from Idle to Running");
    }

    private static String word(Class<? extends Phase> phase) {
        return phase.getSimpleName().toLowerCase(Locale.ROOT);
    }
}
