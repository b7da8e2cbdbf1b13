package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.ManualClock;
import distkv.testing.PatchedClasses;
import distkv.testing.ReportedFaults;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store without the threads that help its writer would slow down or grow for ever: the process is told. */
@Timeout(60)
class HelperThreadsTest {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"distkv-checkpoint", "distkv-compaction"})
    void aThreadThatFailsIsReported(String thread) throws Exception {
        try (InputStream patch = HelperThreadsTest.class.getResourceAsStream("planted/" + thread + ".patch")) {
            String text = new String(Objects.requireNonNull(patch, thread).readAllBytes(), StandardCharsets.UTF_8);
            PatchedClasses store = PatchedClasses.load(List.of("distkv.store.sqlite."), text);
            var _ = store.call(Work.class.getName(), "giveUntilItEnds", String.class, thread + " " + directory);
        }
        faults.assertReported(thread);
    }

    /** Enough to copy from the log, and to drop. */
    static final class Work {
        private Work() {}

        /** Takes the name of the thread that is to end, and the directory of the store. */
        static String giveUntilItEnds(String arguments) throws InterruptedException {
            String[] words = arguments.split(" ", 2);
            SqliteOptions options = SqliteOptions.of("home").withRetain(1).withClock(ManualClock::new);
            try (SqliteStore store = SqliteStore.open(Path.of(words[1]), options)) {
                Thread helper = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(words[0]))
                        .findFirst()
                        .orElseThrow();
                for (int i = 0; i < 600; i++) {
                    Write write =
                            Write.set(distkv.model.Path.of("a"), new Value(new byte[16_000]), Expectation.anything());
                    // One after another, each would wait for a compaction that does not come.
                    var _ = store.commit(Commit.of(write));
                }
                helper.join();
            }
            return "";
        }
    }
}
