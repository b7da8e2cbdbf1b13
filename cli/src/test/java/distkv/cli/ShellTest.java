package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test whose commands talk to a server of its own, in this process. */
public abstract class ShellTest {
    @TempDir
    protected Path directory;

    protected Shell shell;

    @BeforeEach
    protected final void startShell() throws IOException {
        shell = new Shell(directory);
    }

    @AfterEach
    protected final void stopShell() {
        shell.close();
    }

    /** What a command prints that must succeed without a remark. */
    protected final String out(String line) {
        return outOf(line.split(" ", -1));
    }

    /** The same, for words with blanks. */
    protected final String outOf(String... words) {
        Shell.Result result = shell.run(words);
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
        return result.out();
    }
}
