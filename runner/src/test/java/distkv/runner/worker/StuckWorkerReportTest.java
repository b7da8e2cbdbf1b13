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

/** Who is to blame for a worker in which nothing runs any more. */
class StuckWorkerReportTest {
    private final Launch one = launch(1, Path.of("one"));
    private final Launch two = launch(2, Path.of("zwei", "\u00fc"));
    private final List<Launch> all = List.of(one, two);

    private static Launch launch(long run, Path code) {
        Procedure procedure = new Procedure(code, "pass", Mode.ASYNC, List.of(), Map.of());
        Guard claim = new Guard(Path.of("claim"), 1);
        return new Launch(run, code, procedure, Map.of(), List.of(), claim, false, false, Limits.NONE, "log");
    }

    @Test
    void theRunWhoseCodeTheMainThreadIsIn() {
        String where = """
                Thread 0x00007f01 (most recent call first):
                  File "distkv:one", line 3 in wait
                Current thread 0x00007f02 (most recent call first):
                  File "distkv:zwei.\\xfc", line 7 in count
                  File "distkv:zwei.\\xfc", line 9 in _proc
                  File "/usr/lib/python3.11/asyncio/base_events.py", line 607 in run_forever
                """;
        assertThat(StuckWorkerReport.guilty(where, all)).containsExactly(two);
        assertThat(StuckWorkerReport.failure(where, two).line()).isEqualTo(7);
        assertThat(StuckWorkerReport.failure(where, two).fault()).isEqualTo(Ended.Fault.BLOCKED);
    }

    @Test
    void elseTheOneThatAnotherThreadIsIn() {
        String where = """
                Thread 0x00007f01 (most recent call first):
                  File "distkv:one", line 3 in wait
                Current thread 0x00007f02 (most recent call first):
                  File "/usr/lib/python3.11/asyncio/base_events.py", line 607 in run_forever
                """;
        assertThat(StuckWorkerReport.guilty(where, all)).containsExactly(one);
    }

    @Test
    void elseItMayBeAnyOfThem() {
        assertThat(StuckWorkerReport.guilty("", all)).containsExactly(one, two);
        assertThat(StuckWorkerReport.failure("", one).line()).isNull();
    }
}
