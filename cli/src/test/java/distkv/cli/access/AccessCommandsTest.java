package distkv.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.ClosedServerTest;
import distkv.cli.Shell;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Users, roles, tokens and log-ins, typed at a server that wants to know who its clients are. */
class AccessCommandsTest extends ClosedServerTest {
    /** Runs a command as the user of this machine, by the server's socket. */
    private String ok(String line) {
        return check(shell.runAlone(line.split(" ", -1)));
    }

    private void refused(String line, String... words) {
        Shell.Result result = shell.runAlone(line.split(" ", -1));
        assertThat(result.exit()).as(result.out()).isNotZero();
        assertThat(result.err()).contains(words);
        assertThat(result.err().lines().count()).isLessThanOrEqualTo(2);
    }

    /** Runs a command over the port; {@code null} for no token. */
    private Shell.Result remote(@Nullable String token, String line) {
        shell.environment("DISTKV_TOKEN", token);
        List<String> words = new ArrayList<>(List.of("-C", "connect.host=127.0.0.1"));
        words.addAll(List.of("-C", "connect.port=" + server.port()));
        words.addAll(List.of(line.split(" ", -1)));
        Shell.Result result = shell.runAlone(words.toArray(String[]::new));
        shell.environment("DISTKV_TOKEN", null);
        return result;
    }

    private void remoteIsRefused(@Nullable String token, String line, String... words) {
        Shell.Result result = remote(token, line);
        assertThat(result.exit()).as(result.out()).isNotZero();
        assertThat(result.err()).contains(words);
    }

    @Test
    void usersAreAddedChangedAndDeleted() {
        shell.typing("secret", "secret");
        assertThat(ok("user add anna --role owner")).isEqualTo("added user anna: owner\n");
        assertThat(ok("user add emil --role editor --path room.kitchen --no-password"))
                .isEqualTo("added user emil: editor within room.kitchen\n");
        assertThat(ok("user list")).isEqualTo("""
                NAME  LOG-IN    ROLES
                anna  password  owner
                emil  code      editor within room.kitchen
                """);
        refused("user add emil --role viewer --no-password", "user emil: exists already (expected: another name)");
        ok("user mod emil --add-role operator");
        ok("user mod emil --remove-role editor --disable");
        assertThat(ok("-o json user list"))
                .contains("\"disabled\"")
                .contains("operator")
                .doesNotContain("editor");
        refused("user mod emil --remove-role editor", "--remove-role editor: there is none (expected: operator)");
        shell.typing("other", "another");
        refused("user password anna", "password: typed differently (expected: the same twice)");
        shell.typing("new");
        ok("user password anna --password-stdin");
        shell.typing("new");
        assertThat(check(shell.runAlone("login", host, "--user", "anna", "--password-stdin")))
                .startsWith("logged in to " + host + " as anna until ");
        ok("user delete emil");
        refused("user delete emil", "user emil: there is none (expected: anna)");
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() {
        shell.typing("secret", "secret");
        ok("user add anna --role owner");
        refused(
                "user add emil --role edtor",
                "role edtor: there is none (expected: viewer, ",
                "did you mean 'editor'?");
        refused("user add emil", "--role: missing", "hint: 'distkv role list' shows the roles");
        refused("user add emil/x --role viewer --no-password", "name: 'emil/x' (expected: letters, digits");
        refused(
                "user delete anna",
                "no owner would be left who can log in (expected: another user with the role owner");
        refused("user mod anna --disable", "no owner would be left who can log in");
        refused("user mod anna --role viewer", "no owner would be left who can log in");
        refused("user mod anna", "nothing to change (expected: --role");
        refused("user mod ana --enable", "user ana: there is none (expected: anna)", "did you mean 'anna'?");
        refused("role set x --allow read", "--allow 'read' (expected: a rule such as 'read, write at room.#')");
        refused("role delete viewer", "role viewer: is built in (expected: one of your own)");
        refused("token create x", "--role: missing");
        refused("token create x --role viewer --expires soon", "--expires soon (expected: a number and s, m, h or d");
        refused("token revoke x", "token x: there is none");
        shell.typing();
        refused("user password anna", "password: nobody to ask (expected: a terminal, or --password-stdin)");
        Shell.Result pattern = shell.runAlone("role", "set", "x", "--allow", "read at room.#.temp");
        assertThat(pattern.err())
                .contains("--allow 'read at room.#.temp': pattern: ")
                .contains("only at the end");
        Shell.Result right = shell.runAlone("role", "set", "x", "--allow", "red at room");
        assertThat(right.err()).contains("--allow 'red at room': ");
    }

    @Test
    void theFirstUserCanBeAddedBeforeTheServerStarts() {
        String data = " --data " + home.resolve("other");
        shell.typing("secret", "secret");
        ok("user add anna --role owner" + data);
        assertThat(ok("user list" + data)).contains("anna  password  owner");
        refused("user delete anna" + data, "no owner would be left");
    }

    @Test
    void rolesOfOnesOwnCount() {
        check(shell.runAlone("role", "set", "janitor", "--allow", "read, write at room.+.light"));
        assertThat(ok("role list"))
                .contains("janitor:\n- read, write at room.+.light\n")
                .contains("owner:\n- everything");
        String token = ok("token create sweeper --role janitor").strip();
        check(remote(token, "client data set -e : true room.hall.light"));
        remoteIsRefused(token, "client data set -e : 1 room.hall.temp", "token sweeper may not");
        ok("role delete janitor");
        remoteIsRefused(token, "client data set -e : true room.hall.light", "token sweeper may not");
    }

    @Test
    void tokensAreShownOnceListedAndRevoked() {
        Shell.Result made = shell.runAlone("token", "create", "backup", "--role", "viewer", "--expires", "never");
        String token = check(made).strip();
        assertThat(token).matches("dkv_[0-9a-f]{12}_[\\w-]{32}");
        assertThat(made.err()).contains("shown only now");
        refused("token create backup --role viewer", "token backup: exists already", "distkv token revoke backup");
        assertThat(ok("token list"))
                .contains("backup")
                .contains("viewer")
                .contains("never")
                .doesNotContain(token);
        assertThat(check(remote(token, "whoami")))
                .startsWith("name: token backup\nrights:\n- 'read at #'\n")
                .endsWith("server: 127.0.0.1:" + server.port() + "\n");
        remoteIsRefused(
                null, "whoami", "127.0.0.1:" + server.port() + " wants a log-in", "hint: log in with 'distkv login");
        remoteIsRefused(token, "client data set -e : 1 a", "token backup may not write a");
        assertThat(ok("-o json token list")).contains("\"from\": \"127.0.0.1\"");
        ok("token revoke backup");
        remoteIsRefused(token, "whoami", "refuses the log-in as token dkv_", "token: unknown or revoked");
        assertThat(ok("token list")).isEmpty();
        String late = ok("token create late --role viewer --expires 1s").strip();
        // The commands' clock stands still, before the server's.
        remoteIsRefused(late, "whoami", "token late: expired at 2026-", "or a clock that is right)");
    }
}
