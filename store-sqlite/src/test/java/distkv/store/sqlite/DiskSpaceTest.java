package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
    @TempDir
    Path directory;

    private final Logger log = Logger.getLogger(DiskSpace.class.getName());
    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        log.addHandler(handler);
    }

    @AfterEach
    void stop() {
        log.removeHandler(handler);
    }

    @Test
    void aDiskThatIsFullIsLoggedOnceWithWhatToDo() {
        DiskSpace space = new DiskSpace(directory);
        space.full("SQLITE_FULL");
        space.full("SQLITE_FULL");
        assertThat(logged).hasSize(1).first().satisfies(entry -> {
            assertThat(entry.getLevel()).isEqualTo(Level.SEVERE);
            assertThat(entry.getParameters())
                    .containsExactly("disk full: SQLITE_FULL (expected: space at " + directory
                            + "; until then only deletions are written: delete entries, or free some space)");
        });
        assertThat(space.isFull()).isTrue();
    }
}
