package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The documents' commands and programs do what the pages say, in the pages' order. */
@Timeout(300)
class DocumentsTest {
    @TempDir
    private Path directory;

    private PageRun run;

    @BeforeEach
    void start() throws Exception {
        run = new PageRun(directory);
    }

    @AfterEach
    void stop() throws Exception {
        run.close();
    }

    /** The second page goes on where the first one ends. */
    @Test
    void theReadmeIsRunAndThenThePageAboutJobs() throws Exception {
        assertThat(run.run("README.md")).isGreaterThan(20);
        assertThat(run.run("docs/runner.md")).isGreaterThan(20);
    }

    @Test
    void thePageAboutJavaIsRun() throws Exception {
        assertThat(run.run("docs/java.md")).isGreaterThan(3);
    }
}
