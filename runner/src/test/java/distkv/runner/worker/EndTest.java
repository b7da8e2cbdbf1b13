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

/** How the runs of a worker end that is gone. */
class EndTest {
    private static final Limits SMALL = new Limits(64L << 20, null, null, null, null, null);

    private static Ended end(Limits limits, boolean killed) {
        Procedure procedure = new Procedure(Path.of("one"), "pass", Mode.ASYNC, List.of(), Map.of());
        Guard claim = new Guard(Path.of("claim"), 1);
        Worker worker = new Worker(1, false);
        Launch launch =
                new Launch(1, Path.of("one"), procedure, Map.of(), List.of(), claim, false, false, limits, "log");
        worker.runs.put(1L, launch);
        worker.killed = killed;
        worker.exited(new FromWorker.Exited(1, "signal 9", "memory", null, false));
        return worker.end(launch);
    }

    @Test
    void aRunThatExceededALimitSaysWhose() {
        assertThat(end(SMALL, false)).isEqualTo(failed("memory: more than 64M"));
        assertThat(end(SMALL, true)).as("told to end, but too late").isEqualTo(failed("memory: more than 64M"));
        assertThat(end(Limits.NONE, false))
                .isEqualTo(failed("memory: more than runs without such a limit may use here (runner.memory)"));
    }

    @Test
    void aRunWithoutLimitsThatTheRunnerKilledHasExceededNone() {
        assertThat(end(Limits.NONE, true)).isEqualTo(new Ended.Died("signal 9", true));
    }

    private static Ended failed(String message) {
        return new Ended.Failed(Ended.Fault.ERROR, null, message, null, null, Map.of());
    }
}
