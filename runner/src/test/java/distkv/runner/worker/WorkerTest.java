package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.Limits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private static final Launch BOUND = launch(false);

    private final Worker worker = new Worker(1, false);

    private static Launch launch(boolean outlivesClaim) {
        return new Launch(
                7,
                Path.of("run", "j"),
                new Procedure(Path.of("a"), "pass", Mode.ASYNC, List.of(), Map.of()),
                Map.of(),
                List.of(),
                new Guard(Path.of("claim"), 99),
                outlivesClaim,
                false,
                Limits.NONE,
                "j");
    }

    private void seat(Launch launch) {
        worker.place = launch.place();
        worker.runs.put(launch.run(), launch);
    }

    @Test
    void theParentIsToldOfEachDeadlineOnce() {
        seat(BOUND);
        assertThat(worker.deadline(10.0)).isEqualTo(new ToWorker.Deadline(1, 10.0));
        assertThat(worker.deadline(10.0)).isNull();
        assertThat(worker.deadline(11.0)).isEqualTo(new ToWorker.Deadline(1, 11.0));
    }

    @Test
    void aWorkerThatIsUsedAgainNeedsNoMessage() {
        seat(BOUND);
        worker.deadline(10.0);
        worker.runs.clear();
        seat(BOUND);
        assertThat(worker.deadline(10.0)).isNull();
    }

    @Test
    void aWorkerWithoutRunsIsFreedByTheNextDeadline() {
        seat(BOUND);
        worker.deadline(10.0);
        worker.runs.clear();
        assertThat(worker.deadline(11.0)).isEqualTo(new ToWorker.Deadline(1, null));
        assertThat(worker.deadline(12.0)).isNull();
        seat(BOUND);
        assertThat(worker.deadline(12.0)).isEqualTo(new ToWorker.Deadline(1, 12.0));
    }

    @Test
    void whatMayOutliveItsClaimHasNoDeadline() {
        seat(launch(true));
        assertThat(worker.deadline(10.0)).isNull();
    }

    @Test
    void aWorkerThatItsParentHasKilledAtItsDeadlineSaysSo() {
        seat(BOUND);
        worker.exited(new FromWorker.Exited(1, "signal 9", null, null, true));
        assertThat(worker.end(BOUND)).isEqualTo(new Ended.Died("signal 9", false, true));
    }
}
