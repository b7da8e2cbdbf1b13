package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runners that are suspended for longer than their leases of 300 ms, as real processes. */
class PausedRunnersTest {
    private static final int SOME = 20;
    private static final int MANY = 1_000;

    @TempDir
    private Path directory;

    @Test
    void aRunnerThatHangsBeyondItsLeaseRunsNothingThatAnotherRuns() throws Exception {
        hang(SOME);
    }

    @Test
    @Tag("long")
    void manyRunnersThatHangBeyondTheirLeasesRunNothingThatAnotherRuns() throws Exception {
        hang(MANY);
    }

    @Test
    void aRunThatWasSuspendedBeyondItsLeaseCannotWriteAnyMore() throws Exception {
        suspend(SOME);
    }

    @Test
    @Tag("long")
    void manyRunsThatWereSuspendedBeyondTheirLeasesCannotWriteAnyMore() throws Exception {
        suspend(MANY);
    }

    private void hang(int rounds) throws Exception {
        try (Fleet fleet = new Fleet(directory, "one", "two")) {
            fleet.job("job", true);
            Fleet.await("a first run", () -> !fleet.node("job").isEmpty());
            for (int i = 0; i < rounds; i++) {
                String node = fleet.node("job");
                fleet.runner(node).pause();
                Fleet.await("a run elsewhere", () -> !fleet.node("job").equals(node));
                fleet.runner(node).resume();
                assertThat(fleet.file("overlap")).as("round " + i).doesNotExist();
            }
            assertThat(fleet.stale()).isEmpty();
        }
    }

    private void suspend(int rounds) throws Exception {
        try (Fleet fleet = new Fleet(directory, "one", "two")) {
            fleet.job("job", false);
            Fleet.await("a first run", () -> !fleet.node("job").isEmpty());
            for (int i = 0; i < rounds; i++) {
                String node = fleet.node("job");
                List<ProcessHandle> family = fleet.runner(node).family();
                RunnerProcess.signal("STOP", family);
                String old = fleet.writer("job");
                Fleet.await("a run elsewhere", () -> !fleet.node("job").equals(node));
                // The virtual machine and the parent come last: before they can end it, the old run tries to write.
                RunnerProcess.signal("CONT", family.subList(2, family.size()));
                Fleet.await("an attempt", () -> fleet.refused().contains(old + " Lost"));
                RunnerProcess.signal("CONT", family.subList(0, 2));
                assertThat(fleet.stale()).as("round " + i).isEmpty();
            }
        }
    }
}
