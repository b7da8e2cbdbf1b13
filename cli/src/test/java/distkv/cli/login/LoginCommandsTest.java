package distkv.cli.login;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.ClosedServerTest;
import distkv.cli.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logging in and out, by a password and by a code that somebody approves. */
class LoginCommandsTest extends ClosedServerTest {
    private static final Pattern CODE = Pattern.compile("distkv login approve ([A-Z]{4}-[A-Z]{4})");

    @BeforeEach
    void addAnna() {
        shell.typing("secret", "secret");
        ok("user", "add", "anna", "--role", "editor");
        shell.typing();
    }

    private String ok(String... words) {
        return check(shell.runAlone(words));
    }

    private Shell.Result whoAmI() {
        return shell.runAlone("whoami", "-h", "127.0.0.1", "-p", "" + server.port());
    }

    private static void assertFailed(Shell.Result result, String... words) {
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains(words);
    }

    @Test
    void aPasswordIsAskedForOnceAndATokenKept() throws IOException {
        assertFailed(whoAmI(), host + " wants a log-in", "hint: log in with 'distkv login " + host + "'");
        shell.typing("anna", "wrong");
        assertFailed(shell.runAlone("login", host), "refuses the log-in as user anna: User or password is wrong");
        shell.typing("anna", "secret");
        assertThat(ok("login", host)).startsWith("logged in to " + host + " as anna until ");
        Path file = home.resolve(".config/distkv/credentials");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("[" + host + "]").doesNotContain("secret");
        assertThat(whoAmI().out()).startsWith("name: anna\n").endsWith("server: " + host + "\n");
        assertThat(ok("token", "list")).contains("user anna").containsOnlyOnce("anna  ");
        shell.typing("anna", "secret");
        ok("login", host);
        assertThat(ok("-o", "json", "token", "list")).containsOnlyOnce("\"id\"");
        assertThat(ok("logout", host)).isEqualTo("logged out of " + host + "\n");
        assertThat(ok("token", "list")).isEmpty();
        assertFailed(whoAmI(), "wants a log-in");
        assertFailed(shell.runAlone("logout", host), "not logged in to " + host);
    }

    @Test
    void onesOwnPasswordIsChangedByWhoKnowsIt() {
        assertFailed(
                shell.runAlone("user", "password"),
                "and no user (expected: a log-in as a user, or a name)",
                "hint: 'distkv login' logs you in");
        shell.typing("anna", "secret");
        ok("login", host);
        String[] change = {"user", "password", "-h", "127.0.0.1", "-p", "" + server.port()};
        shell.typing("wrong", "better", "better");
        assertFailed(shell.runAlone(change), "password: wrong (expected: the present one of user anna)");
        shell.typing("secret", "better", "other");
        assertFailed(shell.runAlone(change), "password: typed differently (expected: the same twice)");
        shell.typing("secret", "better", "better");
        assertThat(ok(change)).isEqualTo("changed the password of user anna\n");
        // Who is logged in stays so; a new log-in needs the new one.
        assertThat(whoAmI().out()).startsWith("name: anna\n");
        shell.typing("anna", "secret");
        assertFailed(shell.runAlone("login", host), "User or password is wrong");
        String[] piped = {"user", "password", "-h", "127.0.0.1", "-p", "" + server.port(), "--password-stdin"};
        shell.typing("better");
        assertFailed(shell.runAlone(piped), "--password-stdin (expected: the present password on the first line");
        shell.typing("better\nbest");
        ok(piped);
        shell.typing("anna", "best");
        ok("login", host);
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        shell.typing("anna", "secret");
        ok("login", host);
        Path file = home.resolve(".config/distkv/credentials");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertFailed(whoAmI(), "credentials " + file + ": mode rw-r--r-- (expected: rw-------");
    }

    @Test
    void aCodeThatSomebodyApprovesLogsIn() {
        Output out = new Output();
        CompletableFuture<Integer> login = CompletableFuture.supplyAsync(
                () -> shell.runInto(Shell.stream(out), "login", host, "--code"),
                task -> Thread.ofVirtual().start(task));
        String code = out.code.join();
        assertFailed(
                shell.runAlone("login", "approve", code),
                "--as: missing (expected: the user whom",
                "at 127.0.0.1 is to be logged in as, since you are none here)");
        assertFailed(shell.runAlone("login", "approve", code, "--as", "anna"), "nobody to ask");
        shell.typing("n");
        assertFailed(shell.runAlone("login", "approve", code, "--as", "anna"), "not approved: ");
        shell.typing("y");
        assertThat(ok("login", "approve", code, "--as", "anna")).contains("at 127.0.0.1 is logged in as anna");
        assertThat(login.join()).isZero();
        assertThat(whoAmI().out()).startsWith("name: anna\n");
        assertFailed(shell.runAlone("login", "approve", code, "--as", "anna", "--yes"), "code: nobody waits with it");
        assertFailed(shell.runAlone("login", "approve", "BCDF"), "code: nobody waits with it");
    }

    @Test
    void aCodeCanBeDenied() {
        Output out = new Output();
        CompletableFuture<Integer> login = CompletableFuture.supplyAsync(
                () -> shell.runInto(Shell.stream(out), "login", host),
                task -> Thread.ofVirtual().start(task));
        String code = out.code.join();
        assertThat(ok("login", "approve", code, "--deny")).startsWith("refused ");
        assertThat(login.join()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("code: refused, used or older than 10 minutes");
    }

    /** What a command prints, and the code in it as soon as it is there. */
    private static final class Output extends ByteArrayOutputStream {
        final CompletableFuture<String> code = new CompletableFuture<>();

        @Override
        public void flush() {
            Matcher found = CODE.matcher(toString(StandardCharsets.UTF_8));
            if (found.find()) {
                code.complete(found.group(1));
            }
        }
    }
}
