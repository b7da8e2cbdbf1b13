package distkv.cli.code;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Stored Java, and calls, from the command line. */
class CallTest extends ShellTest {
    private Shell.Result set(String file, String text, String... words) throws IOException {
        Path script = Files.writeString(directory.resolve(file), text);
        String[] all = new String[words.length + 4];
        System.arraycopy(words, 0, all, 0, words.length - 1);
        all[words.length - 1] = "-s";
        all[words.length] = script.toString();
        all[words.length + 1] = words[words.length - 1];
        return shell.run(java.util.Arrays.copyOf(all, words.length + 2));
    }

    @Test
    void aJavaProcedureIsStoredAndCalled() throws IOException {
        assertThat(set(
                                "Twice.java",
                                "Object run(long x, String unit) { return Map.of(unit, 2 * x); }",
                                "client",
                                "code",
                                "set",
                                "-v",
                                "unit",
                                "m",
                                "demo.twice")
                        .exit())
                .isZero();
        assertThat(shell.run("client", "code", "call", "demo.twice", "x=21"))
                .isEqualTo(new Shell.Result(0, "m: 42\n", ""));
        assertThat(shell.run("-o", "json", "client", "code", "call", "demo.twice", "x=21", "unit=km")
                        .out())
                .contains("\"km\": 42");
        assertThat(shell.run("client", "code", "call", "demo.twice", "-e", "x", "4")
                        .out())
                .isEqualTo("m: 8\n");
    }

    @Test
    void whatIsWrongWithACallIsOneLine() throws IOException {
        set("Twice.java", "long run(long x) { return 100 / x; }", "client", "code", "set", "demo.twice");
        assertFails("distkv client code call: demo.twice: missing x (expected: a value for each)", "demo.twice");
        assertFails("distkv client code call: demo.twice: x: \"a\" (expected: an integer)", "demo.twice", "x=a");
        assertFails(
                "distkv client code call: demo.twice: java.lang.ArithmeticException: / by zero", "demo.twice", "x=0");
        assertFails("distkv client code call: no procedure demo.none is stored below :.distkv.code.proc", "demo.none");
        Shell.Result wrong = shell.run("client", "code", "call", "demo.twice", "x");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("'x' (expected: NAME=VALUE)");
    }

    private void assertFails(String text, String... words) {
        String[] all = new String[words.length + 3];
        System.arraycopy(new String[] {"client", "code", "call"}, 0, all, 0, 3);
        System.arraycopy(words, 0, all, 3, words.length);
        assertThat(shell.run(all)).isEqualTo(new Shell.Result(1, "", text + "\n"));
    }

    @Test
    void javaThatDoesNotCompileIsRefusedWithItsNameAndLine() throws IOException {
        assertThat(set("Bad.java", "long run() {\n  return y;\n}\n", "client", "code", "set", "demo.bad")
                        .err())
                .hasLineCount(1)
                .startsWith("distkv client code set: procedure demo.bad line 2: cannot find symbol")
                .endsWith("; nothing was stored\n");
        assertThat(set("Bad.java", "package house; class Other {}", "client", "code", "module", "set", "house.Units")
                        .err())
                .contains("module house.Units: declares [house.Other] (expected: the class house.Units)");
    }

    @Test
    void aProcedureImportsAModule() throws IOException {
        String units = "package house;\npublic class Units { public static long twice(long x) { return 2 * x; } }";
        assertThat(set("Units.java", units, "client", "code", "module", "set", "house.Units")
                        .err())
                .isEmpty();
        String source = "import house.Units;\nlong run(long x) { return Units.twice(x); }";
        assertThat(set("code.txt", source, "client", "code", "set", "--java", "demo.twice")
                        .err())
                .isEmpty();
        assertThat(shell.run("client", "code", "call", "demo.twice", "x=2").out())
                .isEqualTo("4\n");
        assertThat(shell.run("client", "code", "get", "demo.twice").out()).contains("language: java");
    }
}
