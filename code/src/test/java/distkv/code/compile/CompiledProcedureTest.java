package distkv.code.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.MissingVariablesException;
import distkv.model.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompiledProcedureTest {
    private static final Javac JAVAC = new Javac();

    private static CompiledProcedure procedure(String source) {
        return procedure(source, List.of(), Map.of());
    }

    private static CompiledProcedure procedure(
            String source, List<String> vars, Map<String, @Nullable Object> defaults) {
        return CompiledProcedure.compile(
                JAVAC, new ProcedureDefinition("forty.two", source, vars, defaults), ModuleSources.NONE);
    }

    private static @Nullable Object call(CompiledProcedure procedure, @Nullable Object... arguments) throws Throwable {
        return procedure.call(Arrays.asList(arguments), Map.of());
    }

    @Test
    void aProcedureIsAMethodRunWithoutAClassAroundIt() throws Throwable {
        assertThat(call(procedure("long run(long x) { return 2 * x; }"), 21L)).isEqualTo(42L);
    }

    @Test
    void itMayHaveImportsFieldsMethodsAndTypesOfItsOwn() throws Throwable {
        CompiledProcedure procedure = procedure("""
                import java.util.zip.CRC32;

                record Pair(long a, long b) {}
                int calls;

                Object run(long x) {
                    calls++;
                    return List.of(calls, sum(new Pair(x, x)), new CRC32().getValue(), Path.of("a"));
                }

                private static long sum(Pair pair) { return pair.a() + pair.b(); }
                """);
        assertThat(call(procedure, 4L)).isEqualTo(List.of(1, 8L, 0L, Path.of("a")));
        assertThat(call(procedure, 5L))
                .as("every call has an instance of its own")
                .isEqualTo(List.of(1, 10L, 0L, Path.of("a")));
    }

    @Test
    void variablesComeByPositionByNameAndByDefault() throws Throwable {
        CompiledProcedure procedure = procedure(
                "String run(String a, long b, double c) { return a + b + c; }", List.of("b", "a"), Map.of("c", 2L));
        assertThat(call(procedure, 1L, "x")).isEqualTo("x12.0");
        assertThat(procedure.call(List.of(1L), Map.of("a", "y", "c", 0.5, "unknown", 1L)))
                .isEqualTo("y10.5");
        assertThatThrownBy(() -> call(procedure, 1L))
                .isInstanceOf(MissingVariablesException.class)
                .hasMessage("forty.two: missing a (expected: a value for each)");
        assertThatThrownBy(() -> call(procedure, 1L, "a", 3L))
                .hasMessage("forty.two: 3 positional arguments (expected: at most 2: b, a)");
        assertThatThrownBy(() -> procedure.call(List.of(1L), Map.of("b", 1L)))
                .hasMessage("forty.two: b is passed twice, by position and by name");
    }

    @Test
    void variablesFitTheirParametersOrAreNamed() throws Throwable {
        CompiledProcedure procedure = procedure("""
                String run(double number, Duration time, Path path, @SuppressWarnings("x") int small, boolean flag) {
                    return number + " " + time + " " + path + " " + small + " " + flag;
                }
                """);
        assertThat(call(procedure, 1L, 0.5, "a.b", 3L, true)).isEqualTo("1.0 PT0.5S a.b 3 true");
        assertThatThrownBy(() -> call(procedure, "x", 1L, "a", 1L, true))
                .isInstanceOf(CodeException.class)
                .hasMessage("forty.two: number: \"x\" (expected: a number)");
        assertThatThrownBy(() -> call(procedure, 1L, true, "a", 1L, true))
                .hasMessage("forty.two: time: true (expected: a number of seconds)");
        assertThatThrownBy(() -> call(procedure, 1L, 1L, 1L, 1L, true))
                .hasMessage("forty.two: path: 1 (expected: a path)");
        assertThatThrownBy(() -> call(procedure, 1L, 1L, "a", 5_000_000_000L, true))
                .hasMessage("forty.two: small: 5000000000 (expected: an integer)");
        assertThatThrownBy(() -> call(procedure, 1L, 1L, "a", 1L, null))
                .hasMessage("forty.two: flag: nil (expected: true or false)");
    }

    @Test
    void whatItThrowsComesThrough() {
        assertThatThrownBy(() ->
                        call(procedure("void run() throws Exception { throw new java.io.IOException(\"dry\"); }")))
                .isInstanceOf(java.io.IOException.class)
                .hasMessage("dry");
    }

    @Test
    void errorsNameTheLineOfTheStoredText() {
        assertThatThrownBy(() -> procedure("// one\n\nlong run(long x) {\n    return y;\n}\n"))
                .isInstanceOfSatisfying(CompileException.class, e -> {
                    assertThat(e.line()).isEqualTo(4);
                    assertThat(e)
                            .hasMessageStartingWith("forty.two, line 4: cannot find symbol")
                            .hasMessageEndingWith("(column 12)");
                });
        assertThatThrownBy(() -> procedure("long run( { }"))
                .hasMessageStartingWith("forty.two, line 1: ")
                .hasMessageEndingWith("(column 11)");
        assertThatThrownBy(() -> procedure("long run() {\n  return 1;")).hasMessageStartingWith("forty.two, line 2: ");
        assertThatThrownBy(() -> procedure("long run() { return 1; }\n/* never closed"))
                .hasMessageStartingWith("forty.two, line 2: unclosed comment");
    }

    @Test
    void whatIsNoProcedureIsToldWhatOneLooksLike() {
        assertThatThrownBy(() -> procedure("\nreturn 3;"))
                .hasMessage(
                        "forty.two, line 2: statements not expected outside of"
                                + " methods and initializers (expected: a method run, for example: long run(long x) { return 2 * x; })");
        assertThatThrownBy(() -> procedure("class A { long run() { return 1; } }"))
                .hasMessageStartingWith("forty.two: 0 methods run outside of classes (expected: a method run");
        assertThatThrownBy(() -> procedure("long walk() { return 1; }"))
                .hasMessage("forty.two: 0 methods run outside of classes (expected: a method run, for example:"
                        + " long run(long x) { return 2 * x; })");
        assertThatThrownBy(() -> procedure("")).isInstanceOf(CompileException.class);
    }

    @Test
    void anyNameWillDo() throws Throwable {
        for (String name : List.of("int", "3", "a b", "record", "übung", "a.b.c")) {
            ProcedureDefinition definition =
                    new ProcedureDefinition(name, "long run() { return 1; }", List.of(), Map.of());
            assertThat(call(CompiledProcedure.compile(JAVAC, definition, ModuleSources.NONE)))
                    .as(name)
                    .isEqualTo(1L);
        }
    }
}
