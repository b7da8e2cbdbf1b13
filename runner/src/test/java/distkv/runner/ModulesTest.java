package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stored modules in jobs: plain imports, what code requires, and who starts again when something changes. */
class ModulesTest {
    private static final Path MODULES = Path.of(".distkv", "code", "module");
    private static final Path CODES = Path.of(".distkv", "code", "proc");
    private World world;

    @BeforeEach
    void start() throws Exception {
        world = new World();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private void module(String name, String code) throws Exception {
        world.set(MODULES.append(Path.parse(name)), Map.of("code", code));
    }

    private void module(String name, String code, String requires) throws Exception {
        world.set(MODULES.append(Path.parse(name)), Map.of("code", code, "requires", List.of(requires)));
    }

    /** Stores a procedure that requires those. */
    private void requiring(String name, String code, String... requires) throws Exception {
        world.set(CODES.child(name), Map.of("code", code, "is_async", true, "requires", List.of(requires)));
    }

    private Path start(String code, String name) throws Exception {
        world.set(World.entry(Kind.ANY, "", name), World.job(code));
        return World.state(Kind.ANY, "", name);
    }

    private String compileError(Path path) throws Exception {
        return String.valueOf(world.error("compile", path, false).get("message"));
    }

    /** A job that says what it has imported, and stays. */
    private static String staying(String imports, String value) {
        return imports + "\nawait _client.set(_P('seen') + _P(name), value=[" + value
                + ", __import__('os').getpid()])\nasync for _ in _info: pass";
    }

    private List<?> seen(String name, Object value) throws Exception {
        return (List<?>) Objects.requireNonNull(world.await(
                Path.of("seen", name),
                seen -> seen instanceof List<?> list && list.getFirst().equals(value)));
    }

    private void becomes(Path state, long result) throws Exception {
        world.await("result " + result, () -> Long.valueOf(result).equals(world.state(state, "result")));
    }

    private void stay(String code, String name) throws Exception {
        world.set(World.entry(Kind.ANY, "", name), World.job(code, "data", Map.of("name", name)));
    }

    @Test
    void aPlainImportFindsModulesAndPackages() throws Exception {
        world.runner("vm", Kind.ANY);
        module("helper", "from house.units import FACTOR\ndef scaled(x): return x * FACTOR");
        module("house.units", "FACTOR = 3");
        world.code("async", "import helper\nreturn helper.scaled(2)");
        world.code("sync", "import helper\nreturn helper.scaled(3)", null, Map.of());
        assertThat(world.result(start("async", "a"))).isEqualTo(6L);
        assertThat(world.result(start("sync", "b"))).isEqualTo(9L);
    }

    @Test
    void aJobNeverStartsWithAnOlderModuleThanWasThereWhenItWasStored() throws Exception {
        world.runner("vm", Kind.ANY);
        world.code("use", "import units\nreturn units.VERSION");
        for (long version = 1; version <= 20; version++) {
            String job = "job" + version;
            Map<String, Object> units = Map.of("code", "VERSION = " + version);
            Write module = Write.set(MODULES.child("units"), Values.encode(units), Expectation.anything());
            Write entry =
                    Write.set(World.entry(Kind.ANY, "", job), Values.encode(World.job("use")), Expectation.anything());
            world.client.commit(new Commit(List.of(module, entry), List.of()));
            assertThat(world.result(World.state(Kind.ANY, "", job))).isEqualTo(version);
        }
    }

    @Test
    void aChangedModuleRestartsTheJobsThatUseItAndNoOthers() throws Exception {
        world.runner("vm", Kind.ANY);
        module("units", "FACTOR = 1");
        module("helper", "import units\nVALUE = units.FACTOR");
        world.code("direct", staying("import units", "units.FACTOR"));
        world.code("through", staying("import helper", "helper.VALUE"));
        world.code("other", staying("", "1"));
        for (String name : List.of("direct", "through", "other")) {
            stay(name, name);
        }
        Object process = seen("direct", 1L).getLast();
        assertThat(seen("through", 1L).getLast()).isEqualTo(process);
        assertThat(seen("other", 1L).getLast()).isEqualTo(process);
        double started = world.number(World.state(Kind.ANY, "", "other"), "started");
        module("units", "FACTOR = 2");
        assertThat(seen("direct", 2L).getLast()).isNotEqualTo(process);
        assertThat(seen("through", 2L).getLast()).isNotEqualTo(process);
        assertThat(world.number(World.state(Kind.ANY, "", "other"), "started")).isEqualTo(started);
        assertThat(world.error("run", World.entry(Kind.ANY, "", "direct"))).isNull();
    }

    @Test
    void whatAProcedureRequiresIsLoadedFirstAndItsChangeRestartsTheJob() throws Exception {
        world.runner("vm", Kind.ANY);
        module("low", "LOADED = ['low']");
        module("high", "import low\nlow.LOADED.append('high')", "low");
        requiring("needs", staying("import sys", "'.'.join(sys.modules['low'].LOADED)"), "high");
        stay("needs", "job");
        seen("job", "low.high");
        module("low", "LOADED = ['new']");
        seen("job", "new.high");
    }

    @Test
    void aChangedModuleOfAPackageRestartsTheJobsThatUseItAndNotThoseThatUseItsNeighbour() throws Exception {
        world.runner("vm", Kind.ANY);
        module("house.units", "FACTOR = 1");
        module("house.names", "NAME = 'here'");
        world.code("units", staying("from house.units import FACTOR", "FACTOR"));
        world.code("names", staying("import house.names", "house.names.NAME"));
        stay("units", "units");
        stay("names", "names");
        seen("units", 1L);
        seen("names", "here");
        double started = world.number(World.state(Kind.ANY, "", "names"), "started");
        module("house.units", "FACTOR = 2");
        seen("units", 2L);
        assertThat(world.number(World.state(Kind.ANY, "", "names"), "started")).isEqualTo(started);
    }

    @Test
    void aChangedProcedureRestartsTheJobsWhoseCodeRequiresItAndNoOthers() throws Exception {
        world.runner("vm", Kind.ANY);
        world.code("low", "return 1");
        requiring("middle", "return 1", "low");
        requiring("top", staying("", "1"), "middle");
        world.code("other", staying("", "1"));
        stay("top", "top");
        stay("other", "other");
        seen("top", 1L);
        seen("other", 1L);
        Path state = World.state(Kind.ANY, "", "top");
        double before = world.number(state, "started");
        double others = world.number(World.state(Kind.ANY, "", "other"), "started");
        world.code("low", "return 2");
        world.await("a new start", () -> world.number(state, "started") > before && world.state(state, "node") != null);
        assertThat(world.number(World.state(Kind.ANY, "", "other"), "started")).isEqualTo(others);
    }

    @Test
    void aMissingRequirementIsACompileErrorThatNamesTheChainAndItsArrivalStartsTheJob() throws Exception {
        world.runner("vm", Kind.ANY);
        module("middle", "import missing", "missing");
        requiring("top", "import missing\nreturn missing.VALUE", "middle");
        Path state = start("top", "job");
        assertThat(compileError(CODES.child("top")))
                .contains("top → middle → missing")
                .contains("is not stored");
        module("missing", "VALUE = 7");
        becomes(state, 7);
        world.error("compile", CODES.child("top"), true);
    }

    @Test
    void aCycleIsACompileErrorThatNamesIt() throws Exception {
        world.runner("vm", Kind.ANY);
        module("a", "", "b");
        module("b", "", "a");
        requiring("top", "return 1", "a");
        start("top", "job");
        assertThat(compileError(CODES.child("top"))).contains("a → b → a").contains("cycle");
    }

    @Test
    void aModuleThatDoesNotCompileIsAnErrorOfItsOwnThatNamesTheLineAndAChangeMendsIt() throws Exception {
        world.runner("vm", Kind.ANY);
        module("broken", "x = 1\ny = = 2");
        world.code("use", "import broken\nreturn broken.x");
        Path state = start("use", "job");
        assertThat(compileError(MODULES.child("broken"))).contains("broken, line 2");
        module("broken", "x = 5");
        becomes(state, 5);
        world.error("compile", MODULES.child("broken"), true);
    }

    @Test
    void aModuleThatWasMissingStartsTheJobThatLookedForIt() throws Exception {
        world.runner("vm", Kind.ANY);
        world.code("use", "import later\nreturn later.VALUE");
        Path state = start("use", "job");
        assertThat(world.error("run", World.entry(Kind.ANY, "", "job"), false).get("message"))
                .asString()
                .contains("later");
        module("later", "VALUE = 4");
        becomes(state, 4);
    }

    @Test
    void aModuleCannotTakeTheNameOfOneOfPythons() throws Exception {
        world.runner("vm", Kind.ANY);
        module("json", "VALUE = 'stored'");
        world.code("use", "import json\nreturn hasattr(json, 'VALUE')");
        assertThat(world.result(start("use", "job"))).isEqualTo(false);
        assertThat(compileError(MODULES.child("json"))).contains("json").contains("belongs to Python");
        requiring("needs", "return 1", "json");
        start("needs", "other");
        assertThat(compileError(CODES.child("needs"))).contains("json").contains("belongs to Python");
    }
}
