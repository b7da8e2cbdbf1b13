package distkv.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code run history} prints. */
@Timeout(60)
class RunHistoryTest extends ShellTest {
    private static final List<Map<String, Object>> RUNS =
            List.of(run(200, 201.5, "attic", "failed: no"), run(100, 150, "vm", "done"));

    private static Map<String, Object> run(double started, double stopped, String node, String outcome) {
        return Map.of("started", started, "stopped", stopped, "node", node, "outcome", outcome);
    }

    private List<String> lines(String line) {
        return shell.run(line.split(" ", -1)).out().lines().toList();
    }

    @Test
    void theRunsOfAJobAreListedTheOneThatGoesOnFirst() throws InterruptedException {
        shell.set(":.distkv.state.any.default.a.b", Map.of("started", 300.25, "node", "vm", "runs", RUNS));
        shell.set(":.distkv.claim.any.default.a.b", Map.of("started", 300.25, "node", "vm"));
        assertThat(lines("client run history a.b"))
                .satisfiesExactly(
                        line -> assertThat(line).contains(" vm ").endsWith(" s  running"),
                        line -> assertThat(line).contains("  attic           1.500 s  failed: no"),
                        line -> assertThat(line).contains("  vm             50.000 s  done"));
        assertThat(lines("-o json client run history a.b").get(3))
                .isEqualTo("{\"started\": 100.0, \"stopped\": 150.0, \"node\": \"vm\", \"outcome\": \"done\"}");
        assertThat(lines("-o json client run history a.b").get(1))
                .isEqualTo("{\"started\": 300.25, \"node\": \"vm\", \"outcome\": \"running\"},");
    }

    @Test
    void thoseOfAJobOfAllNodesAreMerged() throws InterruptedException {
        shell.set(":.distkv.state.all.default.vm.a", Map.of("started", 0, "runs", List.of(RUNS.getLast())));
        shell.set(":.distkv.state.all.default.attic.a", Map.of("started", 0, "runs", List.of(RUNS.getFirst())));
        assertThat(lines("client run -n - history a"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("attic"),
                        line -> assertThat(line).contains("vm"));
    }

    @Test
    void theyAreNotPartOfWhatRunStatePrints() throws InterruptedException {
        shell.set(":.distkv.state.any.default.a", Map.of("reason", "x", "runs", RUNS));
        assertThat(lines("client run state a")).containsExactly("reason: x");
    }

    @Test
    void aJobThatNeverRanHasNone() throws InterruptedException {
        shell.set(":.distkv.state.any.default.a", Map.of("reason", "x"));
        Shell.Result result = shell.run("client", "run", "history", "a");
        assertThat(result.err()).isEqualTo("No runs (yet?)\n");
        assertThat(result.exit()).isEqualTo(1);
    }
}
