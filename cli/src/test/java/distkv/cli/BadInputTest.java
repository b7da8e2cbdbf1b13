package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is wrong gives one line that names it, perhaps a second one with advice, and an exit code: 1 if it failed, 2 if
 * it was asked for wrongly.
 */
class BadInputTest extends ShellTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "client data get a..b            | 2 | position",
                "client data get                 | 2 | PATH",
                "client data get a b             | 2 | 'b' is one argument too many",
                "client data gett a b            | 2 | did you mean 'get'?",
                "client dat get a                | 2 | did you mean 'data'?",
                "client data get --recursiv a    | 2 | did you mean '--recursive'?",
                "client data set a               | 2 | nothing to set (expected: -e, -v or -p",
                "client data set -e x 4y a       | 2 | \"4y\", character 1",
                "client data set -n -l x 1 -e : 1 a | 2 | --new and --last",
                "client data delete :            | 2 | the root cannot be deleted",
                "client data get -m many a       | 2 | 'many'",
                "client code set demo.x          | 2 | there is no procedure demo.x yet",
                "client code set -s FILE demo.x  | 1 | FILE cannot be read: there is no such file",
                "client code get :               | 2 | expected: the name of a procedure",
                "client code set -a -A demo.x    | 2 | mutually exclusive",
                "client run set demo.x           | 2 | expected: --code PATH",
                "client run set -c d.x -t soon x | 2 | --time soon",
                "client run -g - set -c d.x x    | 2 | expected: the name of a group",
                "client run -n x all -n 3        | 2 | --nodes",
                "client run                      | 2 | a command is missing (expected: all, set,",
                "client run set -c d.x --split maybe x | 2 | split: maybe (expected: stop or run)",
                "client run set -c d.x a.:.standby | 2 | a name that does not end in .standby",
                "client run set -c d.x --limit memory=much x | 2 | limits.memory: \"much\" (expected: bytes",
                "client run set -c d.x --limit memory x | 2 | expected: NAME=VALUE",
                "client run all --memory much | 2 | --memory: \"much\" (expected: bytes",
                "client run set -c d.x --limit cpu=far x | 2 | limits.cpu: \"far\" (expected: a number of seconds",
                "client run set -c d.x --limit time=0 x | 2 | limits.time: 0 (expected: a number of seconds, more than 0",
                "client run set -c d.x --limit files=many x | 2 | limits.files: \"many\" (expected: an integer",
                "client run set -c d.x --limit processes=99999999999999999999 x | 2 | limits.processes: ",
                "client run all --capacity 0     | 2 | --capacity: 0.0 (expected: a number, more than 0)",
                "client run group set --nodes few | 2 | --nodes few (expected: a whole number",
                "client run -n x group set -n 2  | 2 | 'group set' is about a group of nodes",
                "client run -g - drain x         | 2 | expected: the name of a group",
                "client run group                | 2 | a command is missing (expected: set, list",
                "client error resolve vm:1       | 1 | there is no error vm:1",
                "client data update -i FILE :    | 1 | FILE cannot be read",
                "client -h unix: data get a      | 2 | host: unix: (expected: unix: and the path of a socket)",
                "client -h tls://a:b data get a  | 2 | host: tls://a:b (expected: tls://HOST",
                "-C connect.ssl=maybe client data get a | 2 | ssl: maybe (expected: true, false, or a map",
                "-C port client data get a       | 2 | expected: key=value",
                "-C connect.port=far client data get a | 2 | configuration connect.port: far (expected: a port",
                "--cfg FILE client data get a    | 1 | FILE cannot be read",
                "-o xml client data get a        | 2 | xml",
                "restore FILE                    | 1 | FILE cannot be read",
                "nonsense                        | 2 | there is no command 'nonsense' (expected: client, server,",
            })
    void oneLineSaysWhatIsWrongAndASecondOneWhatToDo(String line, int exit, String text) {
        check(line, exit, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "server --bind 0.0.0.0:0         | 1 | loopback",
                "up --socket none --bind 127.0.0.1:0 | 2 | --socket none (expected: a Unix socket, by which the runner",
                "server --bind 0.0.0.0:0 --plaintext --open | 1 | with --open (expected: an address of the loopback",
                "server --bind 0.0.0.0:0 --plaintext | 1 | nobody could log in (expected: a user with a password, a token,",
                "server --tls maybe              | 2 | --tls maybe (expected: auto;",
                "server --tls auto --tls-cert a --tls-key b | 2 | expected: one of them",
                "server --tls-cert a             | 2 | expected: both",
                "server --tls-client-ca a        | 2 | expected: both",
                "-C server.bind_default.ssl=maybe server | 2 | configuration server.bind_default.ssl: maybe (expected: ",
                "server --bind nowhere           | 2 | expected: ADDR:PORT",
                "-C server.memory=64M server --bind 0.0.0.0:0 | 2 | configuration server.memory: 64M (expected: 128M or more)",
                "-C server.memory=much server --bind 0.0.0.0:0 | 2 | configuration server.memory: \"much\" (expected: bytes",
            })
    void soDoesAServerThatCannotStart(String line, int exit, String text) {
        check(line, exit, text);
    }

    private void check(String line, int exit, String text) {
        Shell.Result result = shell.run(line.strip().split(" +", -1));
        assertThat(result.err()).contains(text).startsWith("distkv").doesNotContain("Exception");
        List<String> lines = result.err().lines().toList();
        assertThat(lines.size()).isLessThanOrEqualTo(2);
        assertThat(lines.subList(1, lines.size())).allMatch(advice -> advice.startsWith("hint: "));
        assertThat(result.exit()).isEqualTo(exit);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void withoutAServerItSaysHowToStartOne() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Shell.Result result = shell.runAlone("client", "-h", "127.0.0.1", "-p", "" + free, "data", "get", "a");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(2).contains("127.0.0.1:" + free).contains("\nhint: ", "distkv up");
    }

    @Test
    void aPortInUseIsNamed() {
        Shell.Result result = shell.run(
                "server", "--data", directory.resolve("data").toString(), "--bind", "127.0.0.1:" + shell.port());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("" + shell.port());
    }

    @Test
    void aDataDirectoryThatCannotBeMadeIsNamed() throws IOException {
        java.nio.file.Path file = Files.writeString(directory.resolve("file"), "");
        Shell.Result result = shell.run("server", "--data", file.resolve("data").toString(), "--bind", "127.0.0.1:0");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .hasLineCount(1)
                .contains(file.resolve("data") + " cannot be used: Not a directory (expected: a directory that");
    }

    @Test
    void aDataDirectoryThatCannotBeWrittenIsNamed() {
        // There, not even root may make a directory.
        Shell.Result result = shell.run("server", "--data", "/proc/distkv", "--bind", "127.0.0.1:0");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .hasLineCount(1)
                .contains("data directory /proc/distkv cannot be used: ")
                .doesNotContain("java.");
    }

    @Test
    void aPythonThatIsNotThereIsNamed() {
        String data = directory.resolve("data").toString();
        Shell.Result result =
                shell.run("up", "--data", data, "--bind", "127.0.0.1:0", "--python", "/nonexistent/python");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        "distkv up: /nonexistent/python cannot be started (expected: Python 3.10 or newer; on Debian:");
    }

    @Test
    void codeThatDoesNotCompileIsRefusedWithItsNameAndLine() throws IOException {
        java.nio.file.Path script = Files.writeString(directory.resolve("bad.py"), "x = 1\nawait f()\nreturn (\n");
        Shell.Result result = shell.run("client", "code", "set", "-s", script.toString(), "demo.bad");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains("procedure demo.bad line 3: ");
        assertThat(shell.run("client", "code", "get", "demo.bad").exit()).isEqualTo(1);
    }

    @Test
    void aModuleIsCompiledAsAModule() throws IOException {
        java.nio.file.Path script = Files.writeString(directory.resolve("mod.py"), "def f():\n    pass\nreturn f\n");
        Shell.Result result = shell.run("client", "code", "module", "set", "-s", script.toString(), "mod");
        assertThat(result.err()).contains("module mod line 3: 'return' outside function");
        assertThat(result.exit()).isEqualTo(1);
    }

    @Test
    void aJobThatPointsToNoCodeIsTakenWithAWarning() {
        Shell.Result result = shell.run("client", "run", "set", "-c", "demo.none", "job");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).hasLineCount(1).contains("there is no procedure demo.none yet");
    }

    @Test
    void aChainThatDoesNotMatchNamesBothAndNothingIsWritten() throws InterruptedException {
        shell.set("a", 1L);
        shell.set("a", 2L);
        Shell.Result result = shell.run("client", "data", "set", "--last", "node1", "256", "-e", ":", "3", "a");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("""
                distkv client data set: a was last changed by node1 512 (expected: node1 256)
                hint: read it again
                """);
        assertThat(shell.run("client", "data", "get", "a").out()).isEqualTo("2\n");
        assertThat(shell.run("client", "data", "set", "--last", "node1", "512", "-e", ":", "3", "a")
                        .exit())
                .isZero();
        assertThat(shell.run("client", "data", "get", "a").out()).isEqualTo("3\n");
    }

    @Test
    void aFileThatIsNoMsgPackIsNamedWithTheItem() throws IOException {
        java.nio.file.Path file = Files.write(directory.resolve("file"), new byte[] {(byte) 0x81, (byte) 0xC1, 0});
        Shell.Result result = shell.run("client", "data", "update", "-i", file.toString(), ":");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains(file + ", item 1: ");
    }

    @Test
    void aDeletionThatExpectsAnotherValueDeletesNothing() throws InterruptedException {
        shell.set("a", Path.of("x"));
        Shell.Result result = shell.run("client", "data", "delete", "-p", "7", "-e", "a");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("a is \"x\" (expected: 7); nothing was deleted");
        assertThat(shell.run("client", "data", "get", "a").out()).isEqualTo("x\n");
    }

    @Test
    void twiceVerboseShowsWhereItHappened() {
        List<String> err = shell.run("-vv", "client", "error", "resolve", "x")
                .err()
                .lines()
                .toList();
        assertThat(err).hasSizeGreaterThan(3);
        assertThat(err.getFirst()).contains("there is no error x");
    }
}
