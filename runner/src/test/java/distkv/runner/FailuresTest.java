package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that fail: what is recorded, when they start again, and how the record is resolved. */
class FailuresTest {
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("vm", Kind.ANY);
        world.code("fail", "raise RuntimeError('Owch')");
        world.code(
                "until",
                "if (await _client.get(_P('good'))).get('value'):\n    return 'good'\nraise RuntimeError('bad')");
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    private static Path entry(String job) {
        return World.entry(Kind.ANY, "vm", job);
    }

    private static Path state(String job) {
        return World.state(Kind.ANY, "vm", job);
    }

    @Test
    void anErrorIsRecordedWithItsTraceAndTheJobBacksOff() throws Exception {
        world.set(entry("fa.il"), World.job("fail", "delay", 1000, "backoff", 1.5, "data", Map.of("who", "me")));
        Map<?, ?> record = world.error("run", entry("fa.il"), false);
        assertThat(record.get("count")).isEqualTo(1L);
        assertThat(record.get("severity")).isEqualTo(0L);
        world.await("backoff", () -> Long.valueOf(1).equals(world.state(state("fa.il"), "backoff")));
        assertThat(world.state(state("fa.il"), "reason")).isEqualTo("backoff");
        assertThat(world.number(state("fa.il"), "computed")).isEqualTo(world.number(state("fa.il"), "stopped") + 1500);
        Map<?, ?> detail = detail(entry("fa.il"), "RuntimeError('Owch')");
        assertThat(detail.get("str")).isEqualTo("Owch");
        assertThat((String) detail.get("trace")).contains("RuntimeError: Owch");
        assertThat(detail.get("data")).isEqualTo(Map.of("code", Path.of("fail"), "line", 1L, "who", "me"));
    }

    /** What this node saw of the error, once its comment contains this text. */
    private static Map<?, ?> detail(Path about, String comment) throws Exception {
        world.await("the comment " + comment, () -> comment(about).contains(comment));
        return Objects.requireNonNull(details(about));
    }

    private static String comment(Path about) {
        Map<?, ?> detail = details(about);
        return detail == null ? "" : String.valueOf(detail.get("comment"));
    }

    private static @Nullable Map<?, ?> details(Path about) {
        for (Entry entry : world.below(World.ERROR).values()) {
            Object value = Values.decode(Objects.requireNonNull(entry.value()));
            if (value instanceof Map<?, ?> map && about.equals(map.get("path"))) {
                return (Map<?, ?>) world.value(entry.path().child("vm"));
            }
        }
        return null;
    }

    @Test
    void everyErrorLengthensThePauseAndALaterSuccessResolvesTheRecord() throws Exception {
        world.set(entry("until"), World.job("until", "delay", 0.01, "backoff", 1.1));
        world.await("three errors", () -> world.number(state("until"), "backoff") >= 3);
        world.set(Path.of("good"), true);
        assertThat(world.error("run", entry("until"), true).get("count")).isInstanceOf(Long.class);
        world.await("success", () -> "good".equals(world.state(state("until"), "result")));
        assertThat(world.state(state("until"), "backoff")).isEqualTo(0L);
    }

    @Test
    void aJobThatPointsToNoCodeSaysWhichAndStartsWhenTheCodeAppears() throws Exception {
        world.set(entry("early"), World.job("not.there"));
        Map<?, ?> record = world.error("run", entry("early"), false);
        assertThat(record.get("message")).isEqualTo("There is no procedure not.there");
        assertThat(world.state(state("early"), "reason")).isEqualTo("no procedure not.there");
        world.code("not.there", "return 'now'");
        world.await("the result", () -> "now".equals(world.state(state("early"), "result")));
        world.error("run", entry("early"), true);
    }

    @Test
    void codeThatDoesNotCompileIsAnErrorOfTheProcedureThatNamesTheLine() throws Exception {
        world.code("bad.code", "a = 1\nreturn ]");
        world.set(entry("compile"), World.job("bad.code"));
        Path procedure = World.PROC.append(Path.of("bad", "code"));
        String message = (String) world.error("compile", procedure, false).get("message");
        assertThat(message).contains("bad.code").contains("line 2");
        assertThat((String) world.error("run", entry("compile"), false).get("message"))
                .contains("bad.code")
                .contains("line 2");
        world.code("bad.code", "return 'good'");
        world.await("the result", () -> "good".equals(world.state(state("compile"), "result")));
        world.error("compile", procedure, true);
        world.error("run", entry("compile"), true);
    }

    @Test
    void aMissingRequiredVariableIsAnErrorThatNamesIt() throws Exception {
        world.code("needs", "return who", true, Map.of("vars", List.of("who", "what"), "default", Map.of("what", 1L)));
        world.set(entry("vars"), World.job("needs"));
        assertThat((String) world.error("run", entry("vars"), false).get("message"))
                .contains("needs")
                .contains("who")
                .doesNotContain("what");
        world.set(entry("vars"), World.job("needs", "data", Map.of("who", "me")));
        world.await("the result", () -> "me".equals(world.state(state("vars"), "result")));
    }

    @Test
    void otherDataKeysAreGlobals() throws Exception {
        world.code("other", "return [who, extra]", true, Map.of("vars", List.of("who")));
        world.set(entry("globals"), World.job("other", "data", Map.of("who", "me", "extra", 5L)));
        assertThat(world.result(state("globals"))).isEqualTo(List.of("me", 5L));
    }

    @Test
    void aBadEntryIsAnErrorThatNamesTheKey() throws Exception {
        world.set(entry("badentry"), World.job("fail", "delay", "soon"));
        assertThat(world.error("run", entry("badentry"), false).get("message"))
                .isEqualTo("delay: soon (expected: a number, 0 or more)");
        assertThat(world.state(state("badentry"), "reason")).isEqualTo("bad entry");
    }

    @Test
    void setupDoneResetsTheBackoffWhileTheJobRuns() throws Exception {
        world.code("setup", """
                if not (await _client.get(_P('setup'))).get('value'):
                    raise RuntimeError('not yet')
                await _self.setup_done(comment='it works')
                async for msg in _info:
                    pass
                """);
        world.set(entry("setup"), World.job("setup", "delay", 0.01));
        world.error("run", entry("setup"), false);
        world.set(Path.of("setup"), true);
        world.error("run", entry("setup"), true);
        world.await("no backoff", () -> world.number(state("setup"), "backoff") == 0);
        assertThat(world.state(state("setup"), "node")).isEqualTo("vm");
        detail(entry("setup"), "it works");
    }

    @Test
    void aJobThatHasRunForOkAfterCountsAsWell() throws Exception {
        world.code("ok", """
                if not (await _client.get(_P('ok'))).get('value'):
                    raise RuntimeError('not yet')
                async for msg in _info:
                    pass
                """);
        world.set(entry("ok"), World.job("ok", "delay", 0.01, "ok_after", 0.1));
        world.error("run", entry("ok"), false);
        world.set(Path.of("ok"), true);
        world.error("run", entry("ok"), true);
        world.await("no backoff", () -> world.number(state("ok"), "backoff") == 0);
        assertThat(world.state(state("ok"), "node")).isEqualTo("vm");
    }

    @Test
    void anErrorThatTheCodeRecordsItselfIsRecordedOnce() throws Exception {
        world.code("self", "await _self.error(message='broken {x}', data=dict(x=3))");
        world.set(entry("self"), World.job("self", "delay", 1000));
        world.await("backoff", () -> world.number(state("self"), "backoff") == 1);
        assertThat(world.error("run", entry("self"), false).get("count")).isEqualTo(1L);
    }

    @Test
    void aResultThatCannotBeStoredIsAnError() throws Exception {
        world.code("large", "return 'x' * 2_000_000");
        world.set(entry("large"), World.job("large"));
        world.error("run", entry("large"), false);
        detail(entry("large"), "2000005 bytes (expected: 1048576 or fewer)");
    }

    @Test
    void aKilledWorkerFailsItsJobs() throws Exception {
        world.code("pid", "import os, time\nos.kill(os.getpid(), 9)", null, Map.of());
        world.set(entry("killed"), World.job("pid"));
        assertThat(world.error("run", entry("killed"), false).get("message")).isEqualTo("worker died: signal 9");
        world.await("backoff", () -> world.number(state("killed"), "backoff") == 1);
    }

    @Test
    void aJobThatDoesNotEndWhenToldToIsKilledWithItsWorker() throws Exception {
        world.code("stubborn", """
                import time
                _log.warning('BEGUN')
                while True:
                    try:
                        while True:
                            time.sleep(0.1)
                    except BaseException:
                        _log.warning('STUBBORN')
                """, null, Map.of());
        world.set(entry("stubborn"), World.job("stubborn"));
        world.logged("BEGUN");
        world.client.delete(entry("stubborn"));
        world.logged("did not end when told to: its worker is killed");
        world.await("no state", () -> world.value(state("stubborn")) == null);
        assertThat(world.logged("STUBBORN").name()).isEqualTo("stubborn");
        assertThat(world.error("run", entry("stubborn"))).isNull();
    }

    @Test
    void aMissingPythonIsOneClearErrorThatSaysWhatToInstall() throws Exception {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", world.server.port()))) {
            RunnerOptions options = world.options("nopython", Kind.ANY).python(PythonCommand.of("/nowhere/python3"));
            assertThatThrownBy(() -> Runner.start(options, client))
                    .isInstanceOf(RunnerException.class)
                    .hasMessage("/nowhere/python3 cannot be started (expected: Python 3.10 or newer; on Debian:"
                            + " apt install python3 python3-venv)");
        }
    }

    @Test
    void aPythonWithoutThePackageIsOneClearErrorThatNamesWhatIsMissing() throws Exception {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", world.server.port()))) {
            RunnerOptions options = world.options("nopackage", Kind.ANY)
                    .python(new PythonCommand(List.of("python3", "-I", "-S"), Map.of()));
            assertThatThrownBy(() -> Runner.start(options, client))
                    .isInstanceOf(RunnerException.class)
                    .hasMessageContaining("python3 lacks a module")
                    .hasMessageContaining("distkv");
        }
    }
}
