package distkv.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.ShellTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What commands say of a job that its state says runs, while nobody has its claim. */
@Timeout(60)
class RunsTest extends ShellTest {
    private static final String RUN = ":.distkv.run.";
    private static final String STATE = ":.distkv.state.";
    private static final String CLAIM = ":.distkv.claim.";
    private static final String PRESENCE = ":.distkv.presence.default.";

    /** A tree as it is after a restore: jobs, and states that name the node where they ran. */
    private void restored() throws InterruptedException {
        for (String job : List.of("any.default.a", "any.default.b", "at.vm.default.c", "all.default.d")) {
            shell.set(RUN + job, Map.of("code", "x", "target", 5L));
        }
        Map<String, Object> state = Map.of("started", 100.5, "node", "vm", "reason", "");
        for (String job : List.of("any.default.a", "any.default.b", "at.vm.default.c", "all.default.vm.d")) {
            shell.set(STATE + job, state);
        }
    }

    @Test
    void inARestoredTreeWithoutRunnersNothingRuns() throws InterruptedException {
        restored();
        assertThat(out("status")).contains("jobs:\n  failed: 0\n  lost: 4\n  running: 0\n  total: 4\n");
        assertThat(out("client run list -t"))
                .isEqualTo("a x -lost with vm, there is no runner-\nb x -lost with vm, there is no runner-\n");
        assertThat(out("client run -n vm list -t")).isEqualTo("c x -lost with vm, which is away-\n");
        assertThat(out("client run -n - list -t")).isEqualTo("d x -lost with vm, which is away-\n");
        assertThat(out("client run state a")).isEqualTo("""
                        lost: vm
                        node: null
                        reason: lost with vm, there is no runner
                        started: 100.5
                        """);
        assertThat(out("client run list -s")).contains("      lost: vm\n      node: null\n");
        assertThat(out("client run history a"))
                .contains(" vm ")
                .endsWith("          - s  lost with vm, there is no runner\n");
        assertThat(out("-o json client run history a"))
                .isEqualTo("[\n{\"started\": 100.5, \"node\": \"vm\", \"outcome\":"
                        + " \"lost with vm, there is no runner\"}\n]\n");
    }

    @Test
    void aJobThatARunnerIsToTakeOverSaysSo() throws InterruptedException {
        restored();
        for (String kind : List.of("any", "at", "all")) {
            shell.set(PRESENCE + "vm." + kind, Map.of());
        }
        assertThat(out("client run list -t")).startsWith("a x -lost with vm, waiting to be taken over-\n");
        assertThat(out("client run -n vm list -t")).isEqualTo("c x -lost with vm, waiting to start again-\n");
        assertThat(out("client run -n - list -t")).isEqualTo("d x -lost with vm, waiting to start again-\n");
        assertThat(out("client run group list")).contains("    jobs: 0\n");
    }

    @Test
    void aJobThatWaitsSaysWhenItRunsNext() throws InterruptedException {
        double now = System.currentTimeMillis() / 1e3;
        for (Map.Entry<String, Double> job :
                Map.of("daily", now + 7_260, "late", now - 5, "once", 0.0).entrySet()) {
            shell.set(RUN + "any.default." + job.getKey(), Map.of("code", "x", "target", 5L, "cron", "0 3 * * *"));
            Map<String, Object> state = Map.of("started", 100.5, "stopped", 101.5, "computed", job.getValue());
            shell.set(STATE + "any.default." + job.getKey(), state);
        }
        assertThat(out("client run list -t")).isEqualTo("daily x -next in 2h-\nlate x -next due-\nonce x -stopped-\n");
    }

    @Test
    void aJobRunsWhereItsClaimSays() throws InterruptedException {
        restored();
        shell.set(CLAIM + "any.default.a", Map.of("node", "attic", "started", 200.5));
        shell.set(CLAIM + "any.default.b.:.standby", Map.of("node", "attic"));
        shell.set(CLAIM + "all.default.hub.d", Map.of("node", "hub", "started", 200.5));
        shell.set(PRESENCE + "attic.any", Map.of());
        assertThat(out("client run list -t")).isEqualTo("a x attic\nb x -lost with vm, waiting to be taken over-\n");
        assertThat(out("client run -n - list -t")).isEqualTo("d x hub\n");
        assertThat(out("client run state a")).contains("node: attic\n").doesNotContain("lost");
        assertThat(out("client run group list")).contains("    jobs: 1\n");
        assertThat(out("-o json client run history a"))
                .isEqualTo("[\n{\"started\": 200.5, \"node\": \"attic\", \"outcome\": \"running\"}\n]\n");
        assertThat(out("status")).contains("  lost: 2\n  running: 2\n  total: 4\n");
    }
}
