package distkv.code.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CompileException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModulesTest {
    private static final Javac JAVAC = new Javac();
    private static final String UNITS = """
            package house;

            public final class Units {
                public static double celsius(double kelvin) { return kelvin + Zero.POINT; }
            }
            """;
    private static final String ZERO = """
            package house;

            final class Zero {
                static final double POINT = -273;
            }
            """;

    private static CompiledProcedure procedure(String source, Map<String, String> modules) {
        return CompiledProcedure.compile(
                JAVAC, new ProcedureDefinition("forty.two", source, List.of(), Map.of()), new ModuleSources(modules));
    }

    @Test
    void aProcedureImportsModulesAndTheirModules() throws Throwable {
        CompiledProcedure procedure = procedure(
                "import house.Units;\ndouble run(double k) { return Units.celsius(k); }",
                Map.of("house.Units", UNITS, "house.Zero", ZERO, "house.Broken", "nonsense"));
        assertThat(procedure.call(List.of(300L), Map.of())).isEqualTo(27.0);
    }

    @Test
    void eachVersionHasItsOwnClasses() throws Throwable {
        String source = "double run() { return house.Units.celsius(0); }";
        CompiledProcedure old = procedure(source, Map.of("house.Units", UNITS, "house.Zero", ZERO));
        CompiledProcedure changed =
                procedure(source, Map.of("house.Units", UNITS, "house.Zero", ZERO.replace("-273", "1")));
        assertThat(old.call(List.of(), Map.of())).isEqualTo(-273.0);
        assertThat(changed.call(List.of(), Map.of())).isEqualTo(1.0);
    }

    @Test
    void anErrorInAModuleNamesTheModuleAndItsLine() {
        assertThatThrownBy(() ->
                        procedure("double run() { return house.Units.celsius(0); }", Map.of("house.Units", UNITS)))
                .isInstanceOfSatisfying(CompileException.class, e -> {
                    assertThat(e.name()).isEqualTo("house.Units");
                    assertThat(e.line()).isEqualTo(4);
                });
    }

    @Test
    void aModuleDeclaresTheClassOfItsName() {
        JAVAC.module("house.Zero", ZERO, ModuleSources.NONE);
        assertThatThrownBy(() -> JAVAC.module("house.Nought", ZERO, ModuleSources.NONE))
                .isInstanceOf(CompileException.class)
                .hasMessage("house.Nought: declares [house.Zero] (expected: the class house.Nought)");
        assertThatThrownBy(() -> JAVAC.module("house.Units", UNITS, ModuleSources.NONE))
                .hasMessageStartingWith("house.Units, line 4: cannot find symbol");
    }
}
