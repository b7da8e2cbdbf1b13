package distkv.code.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.MissingVariablesException;
import distkv.code.ProcedureException;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodeRootTest {
    private Server server;
    private Client client;
    private CodeRoot code;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), new MemoryStore("tree"));
        client = Client.connect(ClientOptions.of("127.0.0.1", server.port()));
        code = CodeRoot.open(client, options());
    }

    private static CodeOptions options() {
        String named = System.getenv("DISTKV_PYTHON");
        String sources =
                java.nio.file.Path.of("../python").toAbsolutePath().normalize().toString();
        return CodeOptions.defaults()
                .withPython(List.of(named == null ? "python3" : named), Map.of("PYTHONPATH", sources));
    }

    @AfterEach
    void close() throws IOException {
        code.close();
        client.close();
        server.close();
    }

    private void store(String name, String source, @Nullable Object... more) throws InterruptedException {
        code.awaitProcedure(client.set(Path.parse(":.distkv.code.proc." + name), Values.encode(entry(source, more))));
    }

    private void module(String name, String source, @Nullable Object... more) throws InterruptedException {
        code.awaitModule(client.set(Path.parse(":.distkv.code.module." + name), Values.encode(entry(source, more))));
    }

    private void javaModule(String name, String source, Path... requires) throws InterruptedException {
        module(name, source, "language", "java", "requires", List.of(requires));
    }

    private static Map<String, @Nullable Object> entry(String source, @Nullable Object... more) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("code", source);
        for (int i = 0; i < more.length; i += 2) {
            map.put(String.valueOf(more[i]), more[i + 1]);
        }
        return map;
    }

    private void java(String name, String source, @Nullable Object... more) throws InterruptedException {
        @Nullable Object[] all = Arrays.copyOf(more, more.length + 2);
        all[more.length] = "language";
        all[more.length + 1] = "java";
        store(name, source, all);
    }

    @Test
    void aJavaProcedureIsCalledByItsName() throws InterruptedException {
        java(
                "forty.two",
                "long run(long x, long y) { return x * y; }",
                "vars",
                List.of("x"),
                "default",
                Map.of("y", 2));
        assertThat(code.call("forty.two", 21L)).isEqualTo(42L);
        assertThat(code.callWith("forty.two", Map.of("x", 3, "y", 5))).isEqualTo(15L);
        assertThat(code.call(Path.of("forty", "two"), List.of(2L), Map.of("y", 4L)))
                .isEqualTo(8L);
    }

    @Test
    void aPythonProcedureIsCalledThroughAWorkerOfThisMachine() throws InterruptedException {
        for (Boolean async : new @Nullable Boolean[] {null, true, false}) {
            store(
                    "twice",
                    "return [x * y, w]",
                    "vars",
                    List.of("x", "y"),
                    "default",
                    Map.of("y", 2, "w", "w"),
                    "is_async",
                    async);
            assertThat(code.call("twice", 21L)).as("%s", async).isEqualTo(List.of(42L, "w"));
            assertThat(code.callWith("twice", Map.of("x", 1.5, "w", 1))).isEqualTo(List.of(3.0, 1L));
        }
    }

    @Test
    void aMissingVariableIsNamedInBothLanguages() throws InterruptedException {
        java("j", "long run(long x) { return x; }", "vars", List.of("x", "y"));
        store("p", "return x", "vars", List.of("x", "y"));
        for (String name : List.of("j", "p")) {
            assertThatThrownBy(() -> code.call(name, 1L))
                    .isInstanceOfSatisfying(
                            MissingVariablesException.class,
                            e -> assertThat(e.missing()).containsExactly("y"));
            assertThatThrownBy(() -> code.call(name, 1L, 2L, 3L))
                    .hasMessage(name + ": 3 positional arguments (expected: at most 2: x, y)");
        }
    }

    @Test
    void changedCodeIsCalledFromThenOn() throws InterruptedException {
        java("j", "long run() { return 1; }");
        store("p", "return 1");
        assertThat(code.call("j")).isEqualTo(code.call("p")).isEqualTo(1L);
        java("j", "long run() { return house.Two.VALUE; }");
        store("p", "return 2");
        assertThatThrownBy(() -> code.call("j")).isInstanceOf(CompileException.class);
        module(
                "house.Two",
                "package house;\npublic class Two { public static final long VALUE = 2; }",
                "language",
                "java");
        assertThat(code.call("j")).isEqualTo(code.call("p")).isEqualTo(2L);
    }

    @Test
    void aPythonProcedureImportsStoredModules() throws InterruptedException {
        module("house.units", "def twice(x):\n    return 2 * x\n");
        store("p", "from house.units import twice\nreturn twice(x)", "vars", List.of("x"));
        assertThat(code.call("p", 21L)).isEqualTo(42L);
        module("house.units", "def twice(x):\n    return [x, x]\n");
        assertThat(code.call("p", 21L)).isEqualTo(List.of(21L, 21L));
    }

    @Test
    void whatDoesNotCompileSaysWhere() throws InterruptedException {
        java("j", "\nlong run() { return x; }");
        store("p", "\nreturn (");
        for (String name : List.of("j", "p")) {
            assertThatThrownBy(() -> code.call(name))
                    .isInstanceOfSatisfying(
                            CompileException.class, e -> assertThat(e.line()).isEqualTo(2));
        }
        store("q", "return 1", "language", "cobol");
        assertThatThrownBy(() -> code.call("q")).hasMessage("q: language: cobol (expected: python or java)");
        assertThatThrownBy(() -> code.call("nothing"))
                .hasMessage("no procedure nothing is stored below :.distkv.code.proc");
    }

    private Map<Object, Object> compileError(String about) throws InterruptedException {
        for (Entry entry : client.tree(Path.parse(":.distkv.error"))) {
            if (Values.decode(Objects.requireNonNull(entry.value())) instanceof Map<?, ?> record
                    && Path.parse(about).equals(record.get("path"))
                    && "compile".equals(record.get("subsystem"))) {
                return new LinkedHashMap<>(record);
            }
        }
        return Map.of();
    }

    @Test
    void whatDoesNotCompileIsRecordedAndResolvedWhenItCompilesAgain() throws InterruptedException {
        java("j", "long run() { return x; }");
        store("p", "return (");
        for (String name : List.of("j", "p")) {
            String about = ":.distkv.code.proc." + name;
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> code.call(name)).isInstanceOf(CompileException.class);
            }
            assertThat(compileError(about))
                    .containsEntry("resolved", false)
                    .containsEntry("count", 1L)
                    .extractingByKey("message")
                    .asString()
                    .startsWith("Does not compile: " + name + ", line 1: ");
        }
        java("j", "long run() { return 1; }");
        store("p", "return 1");
        for (String name : List.of("j", "p")) {
            assertThat(code.call(name)).isEqualTo(1L);
            assertThat(compileError(":.distkv.code.proc." + name).get("resolved"))
                    .isInstanceOf(Double.class);
        }
    }

    @Test
    void aModuleThatDoesNotCompileIsRecordedAsAnErrorOfItsOwn() throws InterruptedException {
        module("house.Two", "package house;\npublic class Two { public long x = y; }", "language", "java");
        java("j", "long run() { return new house.Two().x; }");
        assertThatThrownBy(() -> code.call("j")).hasMessageStartingWith("house.Two, line 2: ");
        assertThat(compileError(":.distkv.code.module.house.Two")).containsEntry("resolved", false);
        module("house.Two", "package house;\npublic class Two { public long x = 2; }", "language", "java");
        assertThat(code.call("j")).isEqualTo(2L);
        assertThat(compileError(":.distkv.code.module.house.Two").get("resolved"))
                .isInstanceOf(Double.class);
    }

    @Test
    void whatIsRequiredIsLoadedFirstAndWhatIsMissingOrGoesRoundIsNamed() throws InterruptedException {
        module("low", "LOADED = ['low']");
        module("high", "import low\nlow.LOADED.append('high')", "requires", List.of("low"));
        store("p", "import sys\nreturn sys.modules['low'].LOADED", "requires", List.of(Path.of("high")));
        assertThat(code.call("p")).isEqualTo(List.of("low", "high"));
        module("low", "LOADED = []", "requires", List.of("high"));
        assertThatThrownBy(() -> code.call("p")).hasMessageStartingWith("p: requires: high → low → high is a cycle");
        store("p", "return 1", "requires", List.of("q"));
        assertThatThrownBy(() -> code.call("p")).hasMessageStartingWith("p: requires: q is not stored: p → q");
        assertThat(compileError(":.distkv.code.proc.p")).containsEntry("resolved", false);
        java("q", "long run() { return 1; }");
        assertThatThrownBy(() -> code.call("p")).hasMessageStartingWith("p: requires: q is in java: p → q");
        store("q", "return 1");
        assertThat(code.call("p")).isEqualTo(1L);
    }

    @Test
    void aModulesOwnRequirementsCountWhateverTheProcedureSays() throws InterruptedException {
        module("own.low", "LOADED = ['low']");
        module("own.high", "import sys\nsys.modules['own.low'].LOADED.append('high')", "requires", List.of("own.low"));
        store("o", "import own.high, sys\nreturn sys.modules['own.low'].LOADED");
        assertThat(code.call("o")).isEqualTo(List.of("low", "high"));
        module("own.low", "LOADED = []", "requires", List.of("own.none"));
        assertThatThrownBy(() -> code.call("o"))
                .isInstanceOf(CompileException.class)
                .hasMessageStartingWith("own.high: requires: own.none is not stored: own.high → own.low → own.none");
        assertThat(compileError(":.distkv.code.module.own.high")).containsEntry("resolved", false);
        module("own.low", "import own.high");
        assertThatThrownBy(() -> code.call("o"))
                .isInstanceOf(CompileException.class)
                .hasMessageStartingWith("own.high: imports: own.high → own.low → own.high is a cycle");
        module("own.low", "import own.low");
        assertThatThrownBy(() -> code.call("o")).hasMessageContaining("imports: own.low → own.low is a cycle");
        module("own.low", "LOADED = []");
        assertThat(code.call("o")).isEqualTo(List.of("high"));
    }

    @Test
    void aJavaModulesOwnRequirementsCountToo() throws InterruptedException {
        javaModule("own.Low", "package own; public class Low {}");
        javaModule("own.High", "package own; public class High { public static int X = 7; }", Path.of("own", "None"));
        java("oj", "import own.High; long run() { return High.X; }");
        assertThatThrownBy(() -> code.call("oj"))
                .isInstanceOf(CompileException.class)
                .hasMessageStartingWith("own.High: requires: own.None is not stored: own.High → own.None");
        javaModule("own.High", "package own; public class High { public static int X = 7; }", Path.of("own", "Low"));
        assertThat(code.call("oj")).isEqualTo(7L);
    }

    @Test
    void aCallInPythonFindsWhatARunnerWouldGiveIt() throws InterruptedException {
        store("g.async", """
                await _client.set(_P('calls.a'), value=_digits(x, 3))
                _log.info('set')
                await _self.timer(0)
                watch = await _self.watch(_Path(['calls', 'a']))
                await _self.setup_done()
                async for msg in _info:
                    if isinstance(msg, _cls.ChangeMsg):
                        await watch.cancel()
                        return [msg.value, _cfg.codes.prefix]
                """, "is_async", true);
        assertThat(code.callWith("g.async", Map.of("x", 2.347)))
                .isEqualTo(List.of(2.35, Path.of(".distkv", "code", "proc")));
        store("g.sync", "return _client.get(_P('calls.a')).value + 1");
        assertThat(code.call("g.sync")).isEqualTo(3.35);
        store(
                "g.thread",
                "_log.info('there')\nreturn [_client.get(_P('calls.a')).value, _digits(1.26, 2)]",
                "is_async",
                false);
        assertThat(code.call("g.thread")).isEqualTo(List.of(2.35, 1.3));
    }

    @Test
    void whatAProcedureThrowsSaysWhatAndWhere() throws InterruptedException {
        java("j", "void run() throws Exception { throw new java.io.IOException(\"dry\"); }");
        store("p", "x = 1\nraise KeyError('dry')");
        store("s", "return object()");
        assertThatThrownBy(() -> code.call("j")).isInstanceOfSatisfying(ProcedureException.class, e -> {
            assertThat(e).hasMessage("j: java.io.IOException: dry");
            assertThat(e.trace()).contains("at j.run(j.java:1)");
        });
        assertThatThrownBy(() -> code.call("p")).isInstanceOfSatisfying(ProcedureException.class, e -> {
            assertThat(e).hasMessage("p: KeyError: 'dry'");
            assertThat(e.trace()).contains("line 2");
        });
        assertThatThrownBy(() -> code.call("s")).hasMessageContaining("object");
    }

    @Test
    void aProcessThatEndsIsReplaced() throws InterruptedException {
        store("bad", "import os\nos._exit(3)");
        store("good", "return 1");
        assertThatThrownBy(() -> code.call("bad"))
                .isInstanceOf(CodeException.class)
                .hasMessageContaining("ended");
        assertThat(code.call("good")).isEqualTo(1L);
    }

    @Test
    void anInterruptedCallOfPythonEnds() throws Exception {
        store("slow", "import os\nopen(ready, 'w').close()\nwhile True: pass", "vars", List.of("ready"));
        java.nio.file.Path ready =
                java.nio.file.Files.createTempDirectory("call").resolve("ready");
        FutureTask<@Nullable Object> call = new FutureTask<>(() -> code.call("slow", ready.toString()));
        Thread thread = Thread.ofVirtual().start(call);
        org.awaitility.Awaitility.await().until(() -> java.nio.file.Files.exists(ready));
        thread.interrupt();
        assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedException.class);
        store("good", "return 1");
        assertThat(code.call("good")).isEqualTo(1L);
    }

    @Test
    void noPythonIsSaid() throws InterruptedException {
        store("p", "return 1");
        try (CodeRoot other =
                CodeRoot.open(client, CodeOptions.defaults().withPython(List.of("/no/python"), Map.of()))) {
            assertThatThrownBy(() -> other.call("p"))
                    .hasMessageStartingWith("/no/python cannot run Python procedures (expected: Python 3.10 or newer");
        }
    }
}
