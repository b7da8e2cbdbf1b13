package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.process.Trace;
import distkv.protocol.Values;
import distkv.runner.lifecycle.Effect;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.lifecycle.Site;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Purpose;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobTraceTest {
    private static final Path JOB = Path.of("kitchen");
    private static final Value VALUE = Values.encode(42L);

    private final List<String> lines = new ArrayList<>();
    private final JobTrace trace = new JobTrace(new Site(
            "here",
            Set.of(),
            Path.of("code"),
            Path.of("module"),
            Map.of(Kind.ANY, new Site.Roots(Path.of("run"), Path.of("state"), Path.of("claim")))));

    @AfterEach
    void turnOff() {
        Trace.writeTo(null);
    }

    private static CommitRequest request(Purpose purpose) {
        return new CommitRequest(new JobId(Kind.ANY, JOB), purpose, 1, List.of(), List.of(), List.of(), null);
    }

    private void happens() {
        trace.event(new JobEvent.Changed(Kind.ANY, JobEvent.Part.ENTRY, JOB, new Entry(JOB, VALUE, 1, 0)));
        trace.effect(new Effect.Commit(request(Purpose.CLAIM)));
        trace.event(new JobEvent.Committed(request(Purpose.CLAIM), new Result.Done(List.of(2L, 3L))));
        Procedure procedure = new Procedure(Path.of("demo"), "pass", Mode.ASYNC, List.of(), Map.of());
        trace.effect(new Effect.Start(new Launch(
                7,
                Path.of("run", "kitchen"),
                procedure,
                Map.of(),
                List.of(),
                new Guard(JOB, 2),
                false,
                false,
                Limits.NONE,
                "kitchen")));
        trace.event(new JobEvent.RunChanged(new RunEvent.Started(7)));
        trace.event(new JobEvent.RunChanged(new RunEvent.SetupDone(7, null, Map.of())));
        trace.event(new JobEvent.RunChanged(new RunEvent.Over(7, new Ended.Done(VALUE))));
        trace.event(new JobEvent.Committed(request(Purpose.RECORD), new Result.Done(List.of(4L, 5L))));
    }

    @Test
    void eachStationOfAJobIsALine() {
        Trace.writeTo(lines::add);
        happens();
        assertThat(lines)
                .extracting(line -> line.substring(line.indexOf("job ")))
                .containsExactly(
                        "job run.kitchen entry seen",
                        "job run.kitchen decision: runs here, claim asked",
                        "job run.kitchen claimed",
                        "job run.kitchen worker start: run 7",
                        "job run.kitchen started",
                        "job run.kitchen setup_done",
                        "job run.kitchen ended: Done",
                        "job run.kitchen recorded");
    }

    @Test
    void nothingIsPrintedUnlessTracingIsOn() {
        Trace.writeTo(lines::add);
        Trace.writeTo(null);
        happens();
        assertThat(lines).isEmpty();
    }
}
