package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner that is killed, and what its server knows before the time of its lease is over. */
class KilledRunnerTest {
    /** So long that no job is taken over in this test because a lease has expired. */
    private static final Duration LEASE = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void aJobGoesOnElsewhereLongBeforeTheLeaseExpiresWhenItsRunnerIsKilledWithItsWorkers() throws Exception {
        try (Fleet fleet = new Fleet(directory, LEASE, "one", "two")) {
            fleet.job("job", true);
            Fleet.await("a first run", () -> !fleet.node("job").isEmpty());
            String killed = fleet.node("job");
            RunnerProcess.signal("KILL", fleet.runner(killed).family());
            Fleet.await("a run elsewhere", () -> !fleet.node("job").equals(killed));
            assertThat(fleet.file("overlap")).doesNotExist();
        }
    }
}
