package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.group.GroupState;
import distkv.runner.sandbox.SecretFiles;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.Limits;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final GroupState PARTIAL = new GroupState(GroupState.Level.PARTIAL, 2, 3);

    private static @Nullable FromWorker read(@Nullable Object... pairs) {
        return FromWorker.read(Values.encode(map(pairs)));
    }

    private static Map<String, @Nullable Object> map(@Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    private static @Nullable Object sent(ToWorker message) {
        return Values.decode(message.encode());
    }

    @Test
    void aStartSaysEverythingThatARunNeeds() {
        Procedure procedure = new Procedure(Path.of("a", "b"), "return x", Mode.ASYNC, List.of("x"), Map.of());
        Launch launch = new Launch(
                7,
                Path.of("run", "j"),
                procedure,
                Map.of("x", 1L),
                List.of(Path.of("helper")),
                new Guard(Path.of("claim"), 99),
                false,
                false,
                new Limits(null, 1.0, null, null, null, null),
                "j");
        assertThat(sent(new ToWorker.Start(launch, PARTIAL, 10, SecretFiles.RunSecrets.NONE, null)))
                .isEqualTo(map(
                        "op",
                        "start",
                        "run",
                        7L,
                        "job",
                        Path.of("run", "j"),
                        "code",
                        Path.of("a", "b"),
                        "source",
                        "return x",
                        "mode",
                        "async",
                        "vars",
                        List.of("x"),
                        "globals",
                        Map.of("x", 1L),
                        "modules",
                        List.of(Path.of("helper")),
                        "claim",
                        Arrays.asList(Path.of("claim"), 99L),
                        "state",
                        Map.of("state", "partial", "count", 2L, "nodes", 3L),
                        "idle",
                        10.0,
                        "block",
                        2.0,
                        "log",
                        "j",
                        "limits",
                        Map.of("cpu", 1.0)));
    }

    @Test
    void aWorkerHearsNothingThatItsNodeLogsInWith() {
        Map<String, @Nullable Object> ssl = Map.of("fingerprint", "ab", "cert", "c.pem", "key", "k.pem");
        Map<String, @Nullable Object> connect =
                Map.of("host", "vm", "user", "u", "password", "p", "token", "t", "auth", "a", "ssl", ssl);
        PoolOptions options = new PoolOptions(
                "vm",
                1,
                "n",
                Map.of("connect", connect, "other", 5L),
                1,
                1,
                1,
                JavaCommand.ofThisProcess(Map.of()),
                new SecretFiles(null),
                false);
        assertThat(options.init(Path.of("module"), false).config())
                .isEqualTo(Map.of("connect", Map.of("host", "vm", "ssl", Map.of("fingerprint", "ab")), "other", 5L));
        assertThat(options.config()).containsEntry("connect", connect);
    }

    @Test
    void aTokenIsInAStartAndIsNotShown() {
        ToWorker.Claim claim = new ToWorker.Claim(7, new Guard(Path.of("claim"), 99), "dkr_secret");
        assertThat((Map<?, ?>) sent(claim)).extracting("token").isEqualTo("dkr_secret");
        assertThat(claim.toString()).doesNotContain("secret");
    }

    @Test
    void theOtherMessagesOfTheRunnerAreWhatTheProtocolSays() {
        assertThat(sent(new ToWorker.Fork(1, null, null)))
                .isEqualTo(map("op", "fork", "worker", 1L, "command", null, "server", null));
        assertThat(sent(new ToWorker.Fork(1, List.of("java", "Main"), List.of("vm", 9))))
                .isEqualTo(map(
                        "op", "fork", "worker", 1L, "command", List.of("java", "Main"), "server", List.of("vm", 9L)));
        assertThat(sent(new ToWorker.Kill(1, true))).isEqualTo(map("op", "kill", "worker", 1L, "signal", "KILL"));
        assertThat(sent(new ToWorker.Kill(1, false))).isEqualTo(map("op", "kill", "worker", 1L, "signal", "TERM"));
        assertThat(sent(new ToWorker.Deadline(1, null))).isEqualTo(map("op", "deadline", "worker", 1L, "at", null));
        assertThat(sent(new ToWorker.Deadline(1, 2.5))).isEqualTo(map("op", "deadline", "worker", 1L, "at", 2.5));
        assertThat(sent(new ToWorker.Cancel(7, true))).isEqualTo(map("op", "cancel", "run", 7L, "lost", true));
        assertThat(sent(new ToWorker.Finish())).isEqualTo(map("op", "stop"));
        assertThat(sent(new ToWorker.State(PARTIAL)))
                .isEqualTo(map("op", "state", "state", "partial", "count", 2L, "nodes", 3L));
        assertThat(sent(new ToWorker.Init("localhost", 1, "n", "c", Map.of("k", "v"), Path.of("module"))))
                .isEqualTo(map(
                        "op",
                        "init",
                        "host",
                        "localhost",
                        "port",
                        1L,
                        "node",
                        "n",
                        "name",
                        "c",
                        "config",
                        Map.of("k", "v"),
                        "modules",
                        Path.of("module")));
        WorkerModules.Told told =
                new WorkerModules.Told(Path.of("house", "units"), 3, "x = 1", null, List.of(Path.of("low")));
        assertThat(sent(new ToWorker.Known(List.of(told))))
                .isEqualTo(map(
                        "op",
                        "modules",
                        "modules",
                        List.of(Arrays.asList(Path.of("house", "units"), 3L, "x = 1", null, List.of(Path.of("low"))))));
    }

    @Test
    void theMessagesOfTheParentAreRead() {
        assertThat(read("op", "parent", "pid", 5, "python", "3.11.2", "sandbox", "landlock"))
                .isEqualTo(new FromWorker.Parent(5, "3.11.2", null, "landlock"));
        assertThat(read("op", "forked", "worker", 1, "pid", 6)).isEqualTo(new FromWorker.Forked(1, 6));
        assertThat(read("op", "exited", "worker", 1, "status", null, "signal", 9))
                .isEqualTo(new FromWorker.Exited(1, "signal 9", null, null, false));
        assertThat(read("op", "exited", "worker", 1, "status", null, "signal", 9, "overdue", true))
                .isEqualTo(new FromWorker.Exited(1, "signal 9", null, null, true));
        assertThat(read("op", "exited", "worker", 1, "status", 3, "signal", null))
                .isEqualTo(new FromWorker.Exited(1, "exit status 3", null, null, false));
        assertThat(read("op", "exited", "worker", 1, "status", null, "signal", null, "message", "no memory"))
                .isEqualTo(new FromWorker.Exited(1, "could not be forked: no memory", null, null, false));
    }

    @Test
    void theMessagesOfAWorkerAreRead() {
        assertThat(read("op", "worker", "worker", 1, "pid", 6)).isEqualTo(new FromWorker.Worker(1, 6));
        assertThat(read("op", "started", "run", 7)).isEqualTo(new FromWorker.OfRun(new RunEvent.Started(7)));
        assertThat(read("op", "setup", "run", 7, "data", Map.of("comment", "up", "data", Map.of("a", 1L))))
                .isEqualTo(new FromWorker.OfRun(new RunEvent.SetupDone(7, "up", Map.of("a", 1L))));
        assertThat(read("op", "setup", "run", 7, "data", Map.of("comment", 5, "data", "no map")))
                .isEqualTo(new FromWorker.OfRun(new RunEvent.SetupDone(7, null, Map.of())));
        assertThat(read("op", "log", "run", 7, "level", "INFO", "text", "hi", "at", 1.5))
                .isEqualTo(new FromWorker.Log(7, "INFO", "hi", 1.5));
        assertThat(read("op", "done", "run", 7, "result", null))
                .isEqualTo(new FromWorker.Over(7, new Ended.Done(Values.NIL), null));
        assertThat(read(
                        "op",
                        "failed",
                        "run",
                        7,
                        "kind",
                        "vars",
                        "type",
                        "T",
                        "message",
                        "m",
                        "trace",
                        null,
                        "line",
                        3,
                        "data",
                        Map.of("missing", List.of("x")),
                        "limit",
                        "memory"))
                .isEqualTo(new FromWorker.Over(
                        7,
                        new Ended.Failed(Ended.Fault.VARS, "T", "m", null, 3L, Map.of("missing", List.of("x"))),
                        "memory"));
        assertThat(read(
                        "op",
                        "error",
                        "run",
                        7,
                        "path",
                        null,
                        "type",
                        null,
                        "message",
                        null,
                        "trace",
                        null,
                        "severity",
                        2,
                        "comment",
                        "c",
                        "data",
                        Map.of()))
                .isEqualTo(new FromWorker.OfRun(new RunEvent.ErrorReported(
                        7, null, 2, "c", new Ended.Failed(Ended.Fault.ERROR, null, null, null, null, Map.of()))));
    }

    @Test
    void anUnknownMessageIsIgnored() {
        assertThat(read("op", "heartbeat", "run", 7)).isNull();
        assertThat(read("no", "op")).isNull();
    }

    @Test
    void anUnknownKindOfFailureIsAnError() {
        assertThat(read("op", "failed", "run", 7, "kind", "new", "data", null))
                .isEqualTo(new FromWorker.Over(
                        7, new Ended.Failed(Ended.Fault.ERROR, null, null, null, null, Map.of()), null));
    }

    @Test
    void aMessageThatLacksItsRunIsNamed() {
        assertThatThrownBy(() -> read("op", "done", "result", 1))
                .hasMessage("worker message done: run: null (expected: an integer)");
        assertThatThrownBy(() -> FromWorker.read(Values.encode("done")))
                .hasMessage("worker message: done (expected: a map)");
    }
}
