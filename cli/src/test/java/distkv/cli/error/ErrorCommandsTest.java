package distkv.cli.error;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How errors are listed, shown and counted. */
@Timeout(60)
class ErrorCommandsTest extends ShellTest {
    /** What {@link Shell} says the time is, less a little. */
    private static final double NOW = 1795518180;

    private static final distkv.model.Path RUN = distkv.model.Path.of(".distkv", "run");

    private void error(String at, String subsystem, distkv.model.Path about, double seen, String message)
            throws InterruptedException {
        shell.set(
                ":.distkv.error." + at,
                Map.of(
                        "subsystem", subsystem,
                        "path", about,
                        "resolved", false,
                        "last_seen", seen,
                        "message", message));
    }

    private void said(String at, double seen, Object code, Map<String, Object> more) throws InterruptedException {
        Map<String, Object> detail = new HashMap<>(more);
        detail.put("seen", seen);
        detail.put("data", Map.of("code", code, "line", 7L));
        shell.set(":.distkv.error." + at, detail);
    }

    private void job(String name) throws InterruptedException {
        shell.set(":.distkv.run." + name, Map.of("code", distkv.model.Path.of("demo", "x"), "target", 5L));
    }

    private static distkv.model.Path run(Object... name) {
        return RUN.append(distkv.model.Path.of(name));
    }

    /** One job that failed on two nodes one after the other, one of a group, and code that does not compile. */
    private void three() throws InterruptedException {
        distkv.model.Path code = distkv.model.Path.of("demo", "x");
        job("any.default.a.b");
        shell.set(":.distkv.state.any.default.a.b", Map.of("computed", NOW + 98, "reason", "backoff"));
        error("hub:275968", "run", run("any", "default", "a", "b"), NOW - 12, "RuntimeError('Owch')");
        said("hub:275968.hub", NOW - 200, code, Map.of("comment", "OldError()"));
        said("hub:275968.attic", NOW - 12, code, Map.of("comment", "RuntimeError('Owch')", "str", "Owch"));
        job("all.house.load");
        error("vm:9", "run", run("all", "house", "load"), NOW - 900, "There is no procedure x");
        said("vm:9.vm", NOW - 900, List.of("demo", "y"), Map.of("message", "There is no procedure x"));
        shell.set(":.distkv.code.proc.demo.x", Map.of("code", "pass"));
        error("vm:10", "compile", distkv.model.Path.parse(":.distkv.code.proc.demo.x"), NOW - 90, "compiler error");
        said("vm:10.vm", NOW - 90, code, Map.of("str", "invalid syntax (demo.x, line 7)\nmore"));
    }

    @Test
    void errorsAreListedOneLineEachTheNewestFirst() throws InterruptedException {
        three();
        assertThat(out("client error list")).isEqualTo("""
                        AGE  JOB               NODE   LINE      NEXT    MESSAGE
                        12s  any a.b           attic  demo.x:7  in 98s  RuntimeError('Owch')
                        90s  procedure demo.x  vm     demo.x:7  -       compiler error: invalid syntax (demo.x, line 7)
                        15m  all house:load    vm     demo.y:7  -       There is no procedure x
                        """);
    }

    @Test
    void programsGetDocumentsAndSoDoesTheOriginalsCommand() throws InterruptedException {
        three();
        assertThat(out("client error list -o json")).hasLineCount(5).contains("\"syspath\": \"hub:275968\"");
        assertThat(out("client error list -o yaml")).contains("  syspath: hub:275968\n---\n");
        assertThat(out("client error list -o wire"))
                .isEqualTo(out("client error dump"))
                .contains("  syspath: !P hub:275968\n---\n");
    }

    @Test
    void allOfAnErrorIsShownByTheNameOfItsJob() throws InterruptedException {
        three();
        assertThat(out("client error show a.b"))
                .isEqualTo(out("client error show hub:275968"))
                .contains("    attic:\n", "    hub:\n", "      comment: OldError()\n");
        assertThat(out("client error show demo.x")).contains("invalid syntax");
        Shell.Result none = shell.run("client", "error", "show", "nothing");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).startsWith("No error nothing (expected: ");
    }

    @Test
    void theErrorsOfWhatWasDeletedAreNotOpen() throws InterruptedException {
        three();
        for (int i = 0; i < 5; i++) {
            error("vm:" + (20 + i), "run", run("any", "default", "gone" + i), NOW - 1, "Owch");
        }
        error("vm:30", "compile", distkv.model.Path.parse(":.distkv.code.module.gone"), NOW - 1, "Owch");
        assertThat(out("client error list")).hasLineCount(4).doesNotContain("gone");
        assertThat(out("client error list -a")).hasLineCount(10).contains("any gone3", "deleted");
        assertThat(out("status")).contains("errors: 3\n", "  failed: 2\n");
    }

    @Test
    void anErrorAboutSomethingElseStaysOpenThoughThereIsNoSuchEntry() throws InterruptedException {
        error("vm:1", "run", distkv.model.Path.of("device", "x"), NOW - 1, "does not answer");
        assertThat(out("client error list")).contains("device.x", "does not answer");
    }

    @Test
    void aJobIsResolvedByItsNameOnAllNodes() throws InterruptedException {
        job("all.default.load");
        error("a:1", "run", run("all", "default", "load"), NOW, "Owch");
        error("b:2", "run", run("all", "default", "load"), NOW, "Owch");
        out("client error resolve load");
        assertThat(out("client error list")).isEmpty();
        assertThat(shell.run("client", "error", "resolve", "load").err()).isEqualTo("Already resolved.\n");
    }

    @Test
    void theTableSaysWhatANodeSaidLastAndNamesIt() throws InterruptedException {
        three();
        assertThat(out("client run list -t")).isEqualTo("a.b demo.x attic: RuntimeError('Owch')\n");
    }

    @Test
    void theTableOfJobsOfAllNodesLeavesOutNodesThatAreAway() throws InterruptedException {
        job("all.default.load");
        for (String node : List.of("a", "b", "c", "dead")) {
            distkv.model.Path about = run("all", "default", "load");
            error(node + ":1", "run", about, NOW, "Owch");
            said(node + ":1." + node, NOW, "x", Map.of("comment", "Owch"));
            shell.set(":.distkv.state.all.default." + node + ".load", Map.of("started", 5L));
            if (!node.equals("dead")) {
                shell.set(":.distkv.presence.default." + node + ".all", Map.of());
            }
        }
        shell.set(":.distkv.claim.all.default.a.load", Map.of("node", "a"));
        assertThat(out("client run -n - list -t")).isEqualTo("load demo.x a; b: Owch; c: Owch\n");
    }
}
