package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.schedule.Attempt;
import distkv.runner.schedule.Schedule;
import distkv.runner.schedule.Schedule.Decision;
import distkv.runner.worker.Ended;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is an error of a job, and what has only interrupted it. */
class OutcomeTest {
    private static final Path NAME = Path.of("demo");
    private static final Procedure PROCEDURE = new Procedure(NAME, "pass", Mode.ASYNC, List.of(), Map.of());
    private static final JobEntry JOB = new JobEntry(NAME, Map.of(), 900, 0, 100, 1.1, 0);

    private final Run run = new Run(
            1,
            false,
            new Phase.Claiming(
                    new Attempt(JOB, PROCEDURE), StateEntry.NEW.running("here", 1_000, 0), 7, false, 0, 1_000, 0),
            new Guard(Path.of("claim"), 1));

    private Outcome outcome(Ended ended) {
        return Outcome.of(run, null, Path.of("job"), Path.of("code"), ended, 1_010);
    }

    private static Ended failed(Ended.Fault fault) {
        return new Ended.Failed(fault, "Some", "text", null, null, Map.of());
    }

    private static Decision next(Outcome outcome) {
        return Schedule.decide(JOB, outcome.state(), new CodeEntry.Found(PROCEDURE), false, 1_010);
    }

    @ParameterizedTest
    @CsvSource({"STALLED, stalled", "INTERRUPTED, server lost"})
    void whatIsNoErrorOfTheJobStartsAgainAtOnceAndIsSaid(Ended.Fault fault, String reason) {
        Outcome outcome = outcome(failed(fault));
        assertThat(outcome.failure()).isFalse();
        assertThat(outcome.reports()).isEmpty();
        assertThat(outcome.state().backoff()).isZero();
        assertThat(outcome.state().reason().text()).isEqualTo(reason);
        assertThat(outcome.state().runs())
                .first()
                .extracting(run -> run.outcome().text())
                .isEqualTo(reason);
        assertThat(outcome.say()).isEqualTo(reason + ": Some('text')");
        assertThat(next(outcome)).isEqualTo(new Decision.Start(1_010, Reason.ofText(reason)));
    }

    @Test
    void aWorkerThatWasKilledAtItsDeadlineThoughItsLeaseWasRenewedAfterAllIsNoError() {
        Outcome outcome = outcome(new Ended.Died("signal 9", false, true));
        assertThat(outcome.failure()).isFalse();
        assertThat(outcome.reports()).isEmpty();
        assertThat(outcome.state().reason().text()).isEqualTo("cut off");
        assertThat(next(outcome)).isEqualTo(new Decision.Start(1_010, Reason.ofText("cut off")));
    }

    @Test
    void aWorkerThatDiesByItselfIsOne() {
        Outcome outcome = outcome(new Ended.Died("signal 9", false));
        assertThat(outcome.failure()).isTrue();
        assertThat(outcome.say()).isEqualTo("worker died: signal 9");
        assertThat(outcome.state().backoff()).isEqualTo(1);
        assertThat(next(outcome)).isInstanceOf(Decision.WaitUntil.class);
        assertThat(outcome(failed(Ended.Fault.ERROR)).failure()).isTrue();
    }
}
