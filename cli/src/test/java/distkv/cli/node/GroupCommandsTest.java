package distkv.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.CommandLineRun;
import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands on groups, and the options that say where a job may run. */
@Timeout(60)
class GroupCommandsTest extends ShellTest {
    private static final Map<String, Object> PRESENCE = Map.of("load", 2.0, "capacity", 4.0, "labels", List.of("gpio"));
    private static final String CLAIMS = ":.distkv.claim.any.default.";
    private static final String STATES = ":.distkv.state.any.default.";

    @Test
    void theSizeOfAGroupIsWrittenAndTakenAway() {
        out("client run -g house group set --nodes 3");
        assertThat(out("client data get :.distkv.group.house")).isEqualTo("nodes: 3\n");
        out("client run -g house group set --nodes -");
        assertThat(out("client data get :.distkv.group.house")).isEqualTo("{}\n");
    }

    @Test
    void aGroupIsListedWithItsNodesTheirLoadLabelsAndJobs() throws InterruptedException {
        shell.set(":.distkv.presence.default.attic.any", PRESENCE);
        shell.set(":.distkv.presence.default.attic.all", PRESENCE);
        shell.set(":.distkv.presence.default.cellar.any", Map.of("load", 0.0, "capacity", 1.0));
        shell.set(CLAIMS + "a.b", Map.of("node", "attic"));
        shell.set(":.distkv.claim.at.attic.default.c", Map.of("node", "attic"));
        shell.set(":.distkv.claim.all.other.attic.d", Map.of("node", "attic"));
        shell.set(STATES + "lost", Map.of("node", "attic"));
        shell.set(":.distkv.group.default", Map.of("nodes", 3L, "drain", List.of("cellar")));
        assertThat(out("client run group list")).isEqualTo("""
                        nodes:
                          attic:
                            capacity: 4.0
                            jobs: 2
                            kinds:
                            - all
                            - any
                            labels:
                            - gpio
                            load: 2.0
                          cellar:
                            capacity: 1.0
                            drained: true
                            jobs: 0
                            kinds:
                            - any
                            load: 0.0
                        present: 2
                        state: partial
                        wanted: 3
                        """);
        assertThat(out("client run -g - group list")).contains("default:\n").contains("  state: partial\n");
    }

    @Test
    void drainingWaitsUntilTheLastJobHasLeftAndSaysHowManyThereAre() throws Exception {
        shell.set(":.distkv.presence.default.attic.any", PRESENCE);
        shell.set(CLAIMS + "a", Map.of("node", "attic"));
        shell.set(CLAIMS + "b", Map.of("node", "attic"));
        shell.set(CLAIMS + "c", Map.of("node", "cellar"));
        shell.set(STATES + "lost", Map.of("node", "attic"));
        CountDownLatch told = new CountDownLatch(1);
        ByteArrayOutputStream printed = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                told.countDown();
            }
        };
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> new CommandLineRun(
                        shell.terminal(Shell.stream(printed), Shell.stream(new ByteArrayOutputStream())))
                .run(Arrays.asList("client", "-h", "127.0.0.1", "-p", "" + shell.port(), "run", "drain", "attic")));
        told.await();
        assertThat(exit).isNotDone();
        shell.set(CLAIMS + "a", Map.of("node", "cellar"));
        shell.delete(CLAIMS + "b");
        assertThat(exit.join()).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("attic runs 2 jobs for any node …\n")
                .endsWith("attic is drained.\n");
        assertThat(out("client data get :.distkv.group.default")).isEqualTo("drain:\n- attic\n");
        out("client run undrain attic");
        assertThat(out("client data get :.distkv.group.default")).isEqualTo("{}\n");
    }

    @Test
    void drainingANodeThatIsAwayIsNoted() {
        Shell.Result result = shell.run("client", "run", "drain", "--no-wait", "nowhere");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).hasLineCount(1).contains("there is no runner of node nowhere in group default");
    }

    @Test
    void aJobIsToldWhereItMayRunAndWhatItMayUse() throws InterruptedException {
        shell.set(":.distkv.code.proc.d.x", Map.of("code", "pass"));
        out("client run set -c d.x --where gpio --where zigbee --limit memory=64M --limit time=2.5 --handover"
                + " --split run x");
        assertThat(out("client run get x")).isEqualTo("""
                        code: d.x
                        data: {}
                        handover: true
                        limits:
                          memory: 64M
                          time: 2.5
                        split: run
                        where:
                          has:
                          - gpio
                          - zigbee
                        """);
        out("client run set --where - --limit memory=- --no-handover --split stop x");
        assertThat(out("client run get x")).isEqualTo("""
                        code: d.x
                        data: {}
                        handover: false
                        limits:
                          time: 2.5
                        split: stop
                        """);
    }

    @Test
    void aJobThatNobodyCanRunSaysWhyInTheTable() throws InterruptedException {
        shell.set(":.distkv.run.any.default.x", Map.of("code", distkv.model.Path.of("d", "x")));
        shell.set(STATES + "x", Map.of("started", 0L, "reason", "no node has gpio"));
        assertThat(out("client run list -t")).isEqualTo("x d.x -no node has gpio-\n");
    }
}
