package distkv.cli.code;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stored code requires of other code is checked before it is stored. */
class RequiresTest extends ShellTest {
    private String script;

    @BeforeEach
    void prepare() throws IOException {
        script = Files.writeString(directory.resolve("code.py"), "x = 1\n").toString();
    }

    private Shell.Result code(String words) {
        return shell.run(("client code " + words.replace("FILE", script)).split(" ", -1));
    }

    private void fails(String words, String text) {
        Shell.Result result = code(words);
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains(text).hasLineCount(1);
    }

    @Test
    void whatIsRequiredIsStoredWithTheCode() {
        assertThat(code("module set -s FILE units").exit()).isZero();
        assertThat(code("set -s FILE --requires units demo.scale").exit()).isZero();
        assertThat(code("get demo.scale").out()).contains("requires:").contains("units");
        assertThat(code("set --requires : demo.scale").exit()).isZero();
        assertThat(code("get demo.scale").out()).doesNotContain("units");
    }

    @Test
    void aMissingModuleIsRefusedAndTheChainIsNamed() {
        fails(
                "set -s FILE -R units demo.scale",
                "procedure demo.scale: requires: units is not stored: demo.scale → units"
                        + " (expected: a module or procedure of that name); nothing was stored");
        assertThat(code("get demo.scale").exit()).isEqualTo(1);
    }

    @Test
    void aCycleIsRefusedAndTheChainIsNamed() {
        assertThat(code("module set -s FILE b").exit()).isZero();
        assertThat(code("module set -s FILE -R b a").exit()).isZero();
        fails("module set -s FILE -R a b", "module b: requires: b → a → b is a cycle");
    }

    @Test
    void aModuleCannotTakeTheNameOfOneOfPythonsOrOurs() {
        for (String name : new String[] {"json", "os.mine", "distkv", "anyio.x", "msgpack"}) {
            fails("module set -s FILE " + name, "module " + name + ": this name belongs to Python or to DistKV");
        }
    }
}
