package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three runners as real processes: what becomes of the jobs of one that is killed, hangs, or is drained. */
class ThreeRunnersTest {
    private static final List<String> JOBS =
            IntStream.range(0, 6).mapToObj(i -> "job" + i).toList();

    @TempDir
    private java.nio.file.Path directory;

    @Test
    void theJobsOfARunnerThatIsKilledHangsOrIsDrainedGoOnElsewhere() throws Exception {
        try (Fleet fleet = new Fleet(directory, "one", "two", "three")) {
            for (String job : JOBS) {
                fleet.job(job, true);
            }
            Fleet.await(
                    "all jobs",
                    () -> JOBS.stream().noneMatch(job -> fleet.node(job).isEmpty()));

            String drained = fleet.node("job0");
            fleet.set(Path.of(".distkv", "group", "default"), Map.of("drain", List.of(drained)));
            Fleet.await("nothing on " + drained, () -> fleet.isFree(drained, JOBS));

            String hanging = fleet.node("job0");
            fleet.runner(hanging).pause();
            Fleet.await("nothing on " + hanging, () -> fleet.isFree(hanging, JOBS));
            fleet.runner(hanging).resume();

            String killed = fleet.node("job0");
            List<ProcessHandle> family = fleet.runner(killed).family();
            fleet.runner(killed).kill();
            Fleet.await("nothing on " + killed, () -> fleet.isFree(killed, JOBS));
            Fleet.await("its processes have ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));

            assertThat(JOBS).allSatisfy(job -> assertThat(fleet.node(job)).isEqualTo(hanging));
            assertThat(fleet.file("overlap")).doesNotExist();
            assertThat(fleet.stale()).isEmpty();
        }
    }
}
