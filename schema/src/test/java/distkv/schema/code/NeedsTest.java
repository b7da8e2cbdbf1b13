package distkv.schema.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code requires} of procedures and modules means. */
class NeedsTest {
    private final Catalog catalog = new Catalog();
    private long ticks;

    private boolean store(CodeId piece, @Nullable Map<String, ?> value) {
        return catalog.apply(piece, new Entry(piece.path(), value == null ? null : Values.encode(value), ++ticks, 0));
    }

    private void storeProcedure(String name, String... requires) {
        store(procedure(name), Map.of("code", "pass", "requires", List.of(requires)));
    }

    private void storeModule(String name, String... requires) {
        store(module(name), Map.of("code", "pass", "requires", List.of(requires)));
    }

    private static CodeId procedure(String name) {
        return CodeId.procedure(Path.parse(name));
    }

    private static CodeId module(String name) {
        return CodeId.module(Path.parse(name));
    }

    private String broken(String procedure) {
        return ((CodeEntry.Broken) catalog.find(Path.parse(procedure))).why();
    }

    @Test
    void whatIsRequiredIsLoadedFirstTransitively() throws BadEntry {
        storeProcedure("main", "a", "other");
        storeProcedure("other", "c");
        storeModule("a", "house.b");
        storeModule("house.b", "c");
        storeModule("c");
        assertThat(catalog.needs(procedure("main")).keySet())
                .containsExactly(module("c"), module("house.b"), module("a"), procedure("other"));
        assertThat(((CodeEntry.Found) catalog.find(Path.of("main"))).needs())
                .isEqualTo(Map.of(module("c"), 5L, module("house.b"), 4L, module("a"), 3L, procedure("other"), 2L));
    }

    @Test
    void aMissingModuleIsAnErrorThatNamesTheChain() {
        storeProcedure("main", "a");
        storeModule("a", "b");
        assertThat(broken("main"))
                .isEqualTo("requires: b is not stored: main → a → b (expected: a module of that name)");
        storeProcedure("main", "c");
        assertThat(broken("main"))
                .isEqualTo("requires: c is not stored: main → c (expected: a module or procedure of that name)");
    }

    @Test
    void aCycleIsAnErrorThatNamesTheChain() {
        storeProcedure("main", "a");
        storeModule("a", "b");
        storeModule("b", "a");
        assertThat(broken("main"))
                .isEqualTo("requires: a → b → a is a cycle (expected: code that does not require itself)");
        storeProcedure("main", "other");
        storeProcedure("other", "main");
        assertThat(broken("main")).startsWith("requires: main → other → main is a cycle");
        storeProcedure("main", "main");
        assertThat(broken("main")).startsWith("requires: main → main is a cycle");
    }

    @Test
    void twoWaysToTheSameModuleAreNoCycle() throws BadEntry {
        storeModule("a", "b", "c");
        storeModule("b", "d");
        storeModule("c", "d");
        storeModule("d");
        assertThat(catalog.needs(module("a")).keySet()).containsExactly(module("d"), module("b"), module("c"));
    }

    @Test
    void whatIsRequiredMustBeFitForUse() {
        storeProcedure("main", "a");
        store(module("a"), Map.of("info", "no code"));
        assertThat(broken("main")).isEqualTo("requires: a cannot be loaded: main → a: code: null (expected: text)");
        store(module("a"), Map.of("code", "class A {}", "language", "java"));
        assertThat(broken("main")).isEqualTo("requires: a is in java: main → a (expected: python)");
    }

    @Test
    void aModuleRequiresModulesOnly() {
        storeProcedure("b");
        storeModule("a", "b");
        assertThatThrownBy(() -> catalog.needs(module("a")))
                .hasMessage("requires: b is not stored: a → b (expected: a module of that name)");
    }

    @Test
    void requiresIsAListOfPaths() {
        store(procedure("main"), Map.of("code", "pass", "requires", "helper"));
        assertThat(broken("main")).isEqualTo("requires: helper (expected: a list of paths)");
        store(procedure("main"), Map.of("code", "pass", "requires", List.of(1)));
        assertThat(broken("main")).isEqualTo("requires: 1 (expected: a list of paths)");
        store(procedure("main"), Map.of("code", "pass", "requires", List.of(Path.of("x"), List.of("y", "z"))));
        assertThat(broken("main")).startsWith("requires: x is not stored");
    }

    @Test
    void aLanguageIsOneThatWorkersSpeak() {
        store(procedure("main"), Map.of("code", "pass", "language", "cobol"));
        assertThat(broken("main")).isEqualTo("language: cobol (expected: python or java)");
    }

    @Test
    void aChainThatIsTooLongIsAnErrorToo() {
        storeProcedure("main", "m0");
        for (int i = 0; i < 2 * Requirements.DEEPEST; i++) {
            storeModule("m" + i, "m" + (i + 1));
        }
        assertThat(broken("main")).isEqualTo("requires: a chain of more than 100 (expected: a shorter one)");
    }

    @Test
    void aChangeConcernsThoseWhoRequireIt() {
        storeProcedure("main", "a");
        storeModule("a", "b");
        storeModule("b", "missing");
        storeProcedure("other");
        for (String name : List.of("a", "b", "missing")) {
            assertThat(catalog.concerns(procedure("main"), module(name))).isTrue();
            assertThat(catalog.concerns(procedure("other"), module(name))).isFalse();
        }
        assertThat(catalog.concerns(procedure("main"), procedure("main"))).isTrue();
        storeModule("b", "a");
        assertThat(catalog.concerns(procedure("main"), module("c"))).isFalse();
    }

    @Test
    void aChangeOfWhatIsOnlySaidAboutCodeMakesNoNewVersion() {
        for (CodeId piece : List.of(module("a"), procedure("a"))) {
            Map<String, Object> value = new LinkedHashMap<>(Map.of("code", "x = 1"));
            assertThat(store(piece, value)).isTrue();
            long version = catalog.version(piece);
            value.put("info", "new");
            assertThat(store(piece, value)).isFalse();
            assertThat(catalog.version(piece)).isEqualTo(version);
            value.put("code", "x = 2");
            assertThat(store(piece, value)).isTrue();
            assertThat(catalog.version(piece)).isEqualTo(ticks);
            assertThat(store(piece, null)).isTrue();
            assertThat(catalog.version(piece)).isZero();
        }
    }
}
