package distkv.cli.code;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys, signatures, and what a node with trusted keys thinks of stored code. */
class SigningTest extends ShellTest {
    private String script;
    private String key;
    private Path trusted;

    @BeforeEach
    void prepare() throws IOException {
        script = Files.writeString(directory.resolve("code.py"), "x = 1\n").toString();
        key = directory.resolve("anna.key").toString();
        trusted = directory.resolve("trusted");
        String shown = shell.runAlone("key", "create", key).out();
        Files.writeString(trusted, "demo " + shown.strip() + " anna\n");
        Files.setPosixFilePermissions(trusted, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private Shell.Result code(String words) {
        return shell.run(("client code "
                        + words.replace("FILE", script).replace("KEY", key).replace("TRUSTED", trusted.toString()))
                .split(" ", -1));
    }

    private String done(String words) {
        Shell.Result result = code(words);
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
        return result.out();
    }

    private void fails(int exit, String words, String text) {
        Shell.Result result = code(words);
        assertThat(result.err()).contains(text);
        assertThat(result.exit()).isEqualTo(exit);
    }

    @Test
    void whatIsSignedIsShownAndVerified() {
        done("module set -s FILE --sign KEY demo.units");
        done("set -s FILE -R demo.units --sign KEY demo.scale");
        done("set -s FILE demo.other");
        String id = shell.runAlone("key", "show", key).out().lines().findFirst().orElseThrow();
        assertThat(done("get demo.scale")).contains("signature:\n  key: " + id.replace("id: ", "") + "\n  revision: ");
        assertThat(done("list -s :")).contains("demo.scale :: <1 lines> (key " + id.replace("id: ", "") + ")");
        assertThat(done("verify --keys TRUSTED demo.scale")).matches("demo\\.scale: signed by anna, revision \\d+\n");
        assertThat(done("module verify --keys TRUSTED")).startsWith("demo.units: signed by anna");
        Shell.Result all = code("verify --keys TRUSTED");
        assertThat(all.exit()).isEqualTo(1);
        assertThat(all.out())
                .contains(
                        "demo.other: unsigned: procedure demo.other is not signed (expected: a signature by a key that"
                                + " this node trusts)");
        assertThat(done("sign --key KEY demo.other")).startsWith("procedure demo.other is signed with the key ");
        done("verify --keys TRUSTED");
    }

    @Test
    void aLaterSignatureHasAHigherRevision() {
        done("set -s FILE --sign KEY demo.scale");
        String first = done("verify --keys TRUSTED demo.scale");
        done("sign --key KEY demo.scale");
        assertThat(done("verify --keys TRUSTED demo.scale")).isGreaterThan(first);
        done("sign --key KEY --revision 7 demo.scale");
        assertThat(done("verify --keys TRUSTED demo.scale")).endsWith("revision 7\n");
    }

    @Test
    void aChangeTakesTheSignatureAway() {
        done("set -s FILE --sign KEY demo.scale");
        Shell.Result result = code("set -i changed demo.scale");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).isEqualTo("""
                        distkv: note: procedure demo.scale was signed, and is not any more
                        hint: sign it with --sign KEY
                        """);
        assertThat(done("get demo.scale")).doesNotContain("signature");
    }

    @Test
    void aTextIsAModuleToo() throws Exception {
        shell.set(":.distkv.code.module.demo.old", "x = 1");
        done("module sign --key KEY demo.old");
        assertThat(done("module verify --keys TRUSTED demo.old")).startsWith("demo.old: signed by anna");
    }

    @Test
    void aCallHereFollowsTheRulesOfThisMachine() throws IOException {
        Path java = Files.writeString(directory.resolve("Answer.java"), "long run() { return 42; }\n");
        done("set -s " + java + " demo.answer");
        String[] call = {
            "-C", "accept.signing=required", "-C", "accept.keys=" + trusted, "client", "code", "call", "demo.answer"
        };
        assertThat(shell.run(call).err()).contains("procedure demo.answer is not signed");
        done("sign --key KEY demo.answer");
        assertThat(shell.run(call).out()).isEqualTo("42\n");
    }

    @Test
    void keysAndCodeThatAreNotThereAreNamed() throws IOException {
        fails(1, "sign --key KEY demo.scale", "there is no procedure demo.scale; nothing was signed");
        fails(1, "set -s FILE --sign missing demo.scale", "key missing cannot be read: there is no such file");
        fails(2, "verify", "--keys (expected: a file with trusted keys, or accept.keys in the configuration)");
        fails(1, "verify --keys missing", "trusted keys missing: there is no such file");
        fails(1, "verify --keys TRUSTED house", "there is no procedure at or below house");
        assertThat(shell.runAlone("key", "create", key).err()).contains(key + " exists already (expected: a new file)");
        assertThat(shell.runAlone("key", "create", "missing/key").err()).contains("its directory does not exist");
        Files.setPosixFilePermissions(Path.of(key), PosixFilePermissions.fromString("rw-r--r--"));
        fails(1, "sign --key KEY demo.scale", "mode rw-r--r-- (expected: rw-------, as 'chmod 600' makes it)");
    }
}
