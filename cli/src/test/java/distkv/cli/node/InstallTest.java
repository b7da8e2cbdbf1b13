package distkv.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Units for systemd, written below a directory of the test. */
class InstallTest extends ShellTest {
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @BeforeEach
    void prepare() throws IOException {
        Files.createFile(
                directory.resolve("distkv"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private Path root() {
        return directory.resolve("image");
    }

    private Path units() {
        return root().resolve("etc/systemd/system");
    }

    private Shell.Result distkv(String line) {
        List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
        words.addAll(List.of("--root", root().toString()));
        return shell.runAlone(words.toArray(String[]::new));
    }

    @Test
    void serverAndRunnerAreInstalledAndRemoved() throws IOException {
        Shell.Result result = distkv("install --as root --data /srv/tree --bind 127.0.0.1:27587 -g house");
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
        assertThat(result.out())
                .contains("wrote " + units().resolve("distkv-server.service"))
                .contains("wrote " + units().resolve("distkv-runner.service"))
                .contains("next, on that machine: systemctl enable --now distkv-server.service");
        assertThat(Files.readString(units().resolve("distkv-server.service")))
                .contains("ExecStart=" + directory + "/distkv server --data /srv/tree --bind 127.0.0.1:27587\n")
                .contains("Restart=on-failure", "KillMode=mixed", "User=root", "WantedBy=multi-user.target");
        assertThat(Files.readString(units().resolve("distkv-runner.service")))
                .contains("distkv client -h 127.0.0.1 -p 27587 run -g house all --every-kind\n")
                .contains("Restart=on-failure", "KillMode=mixed", "Wants=distkv-server.service");

        assertThat(distkv("uninstall").out()).contains("removed " + units().resolve("distkv-server.service"));
        assertThat(units()).isEmptyDirectory();
        assertThat(distkv("uninstall").exit()).isEqualTo(1);
    }

    @Test
    void whatIsInstalledAlreadyIsLeftAsItIs() {
        distkv("install --as root");
        assertThat(distkv("install --as root").out())
                .contains("unchanged: " + units().resolve("distkv-server.service"))
                .doesNotContain("wrote");
        assertThat(distkv("install --as root -g house runner").out())
                .contains("wrote " + units().resolve("distkv-runner.service"))
                .doesNotContain("server.service\n");
    }

    @Test
    void theServerMayWriteWhereItsDataAre() {
        assertThat(distkv("install --dry-run --as root server").out()).contains("\nStateDirectory=distkv\n");
        assertThat(distkv("install --dry-run --as root --data /srv/tree server").out())
                .contains("\nReadWritePaths=/srv/tree\n");
    }

    @Test
    void aDryRunOnlyPrints() {
        Shell.Result result = distkv("install --user --dry-run server");
        assertThat(result.exit()).isZero();
        assertThat(result.out())
                .startsWith("# ")
                .contains("distkv server --data " + directory.resolve(".local/share/distkv"))
                .contains("WantedBy=default.target")
                .doesNotContain("User=", "ProtectSystem", "distkv-runner");
        assertThat(root()).doesNotExist();
    }

    @Test
    void storedCodeDoesNotRunAsRootByAccident() {
        assertThat(distkv("install").err()).hasLineCount(2).contains("--as USER is missing", "\nhint: 'useradd ");
        assertThat(distkv("install").exit()).isEqualTo(2);
    }

    @Test
    void aWorkerUserRunsTheCodeOfARunnerThatIsRoots() {
        Shell.Result both = distkv("install --dry-run --as distkv --worker-user jobs");
        assertThat(both.err()).isEmpty();
        String[] units = both.out().split("# .*distkv-runner.service\n", -1);
        assertThat(units).hasSize(2);
        assertThat(units[0]).contains("\nUser=distkv\n").doesNotContain("--worker-user");
        assertThat(units[1])
                .contains("distkv client run all --every-kind --worker-user jobs\n", "\nUser=root\n", "\nDelegate=");

        Shell.Result runner = distkv("install --dry-run -g house --worker-user jobs runner");
        assertThat(runner.exit())
                .as("whose it is goes without saying: %s", runner.err())
                .isZero();
        assertThat(runner.out()).contains("run -g house all --every-kind --worker-user jobs\n", "\nUser=root\n");
    }

    @Test
    void aRunnerIsInstalledWithWhatItIsToHave() {
        Shell.Result result = distkv("install --dry-run --as distkv --label gpio --label zigbee --capacity 2"
                + " --python /opt/py/bin/python --memory 2G");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("run all --every-kind --label gpio --label zigbee --capacity 2"
                        + " --python /opt/py/bin/python --memory 2G\n");
        assertThat(refusal("--as nobody --memory much")).contains("--memory");
        assertThat(refusal("--as nobody --capacity 0")).contains("--capacity 0.0 (expected: a number, more than 0)");
        assertThat(refusal("--as nobody --label gpio server"))
                .contains("--label gpio (expected: nothing, since a server");
    }

    @Test
    void aWorkerUserThatCannotBeIsRefusedWithWhatToDoInstead() {
        assertThat(refusal("--user --worker-user nobody"))
                .contains("\nhint: without --user: sudo distkv install --worker-user");
        assertThat(refusal("--as nobody --worker-user nobody server")).contains("a server runs no code");
        assertThat(refusal("--as nobody --worker-user nobody runner")).contains("no --as nobody beside it");
        assertThat(refusal("--as nobody --worker-user root")).contains("a user other than root");
        assertThat(refusal("--as nobody --worker-user no-such-user"))
                .contains("--worker-user no-such-user (expected: a user of this machine)")
                .contains("\nhint: 'useradd --system no-such-user' adds one");
        assertThat(refusal("--as nobody --worker-user 54321")).contains("a user of this machine");
    }

    private String refusal(String options) {
        List<String> words = new ArrayList<>(List.of("install", "--dry-run"));
        words.addAll(List.of(options.split(" ", -1)));
        Shell.Result result = shell.runAlone(words.toArray(String[]::new));
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        List<String> lines = result.err().lines().toList();
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("hint: "));
        return result.err();
    }

    @Test
    void anInstallationThatTheWorkerUserPerhapsCannotReadIsNoted() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        Shell.Result result = shell.runAlone("install", "--dry-run", "--worker-user", "nobody", "runner");
        assertThat(result.exit()).isZero();
        assertThat(result.err())
                .contains("note: ")
                .contains(" is closed to other users: if nobody cannot read ")
                .contains("below /opt");
    }

    @Test
    void withoutSystemdItSaysWhatToDoInstead() {
        assumeTrue(!Files.isDirectory(Path.of("/run/systemd/system")), "systemd runs here");
        Shell.Result result = shell.runAlone("install", "--user");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .hasLineCount(2)
                .contains("systemd does not run here")
                .contains("\nhint: ", "distkv up");
    }

    @Test
    void systemdUnderstandsTheUnits() throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "there is no " + ANALYZE);
        distkv("install --as root --worker-user nobody --data " + directory.resolve("tree"));
        List<String> command = List.of(
                ANALYZE.toString(),
                "verify",
                "--man=no",
                units().resolve("distkv-server.service").toString(),
                units().resolve("distkv-runner.service").toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.lines().filter(line -> line.contains("distkv"))).isEmpty();
        assertThat(process.waitFor()).as(said).isZero();
    }
}
