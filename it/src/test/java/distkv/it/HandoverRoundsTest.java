package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is handed to and fro between real runners, which write as fast as they can. */
class HandoverRoundsTest {
    private static final Path GROUP = Path.of(".distkv", "group", "default");
    private static final int ROUNDS = 20;

    @TempDir
    private java.nio.file.Path directory;

    @Test
    void noRunWritesAfterAnotherOneHasTakenOver() throws Exception {
        try (Fleet fleet = new Fleet(directory, "one", "two")) {
            fleet.job("job", false, Map.of("handover", true));
            Fleet.await("a first run", () -> !fleet.node("job").isEmpty());
            for (int i = 0; i < ROUNDS; i++) {
                String node = fleet.node("job");
                fleet.set(GROUP, Map.of("drain", List.of(node)));
                Fleet.await("a run elsewhere", () -> !fleet.node("job").equals(node));
                assertThat(fleet.stale()).as("round " + i).isEmpty();
            }
            // Whoever lost the claim was told so by the server, or was ended before it wrote again; nobody wrote too
            // early.
            assertThat(fleet.refused()).doesNotContain("NotYet");
        }
    }

    @Test
    void aJobWhoseNodeIsKilledWhileItIsHandedOverGoesOn() throws Exception {
        try (Fleet fleet = new Fleet(directory, "one", "two")) {
            fleet.job("job", false, Map.of("handover", true));
            Fleet.await("a first run", () -> !fleet.node("job").isEmpty());
            String node = fleet.node("job");
            fleet.set(GROUP, Map.of("drain", List.of(node)));
            RunnerProcess.signal("KILL", fleet.runner(node).family());
            Fleet.await("a run elsewhere", () -> !fleet.node("job").equals(node));
            assertThat(fleet.stale()).isEmpty();
        }
    }
}
