package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another process may and may not do while one has the store. */
class TwoProcessesTest {
    private static final SqliteOptions OPTIONS = SqliteOptions.of("home");

    @TempDir
    Path temporary;

    @Test
    void onlyOneHasTheDirectoryUntilItEndsHoweverItEnds() throws Exception {
        Path directory = temporary.resolve("data");
        try (Child child = Child.start(temporary, Map.of()).awaitReady()) {
            try (SqliteStore store = SqliteStore.open(directory, OPTIONS)) {
                assertThat(store.load().entries()).isEmpty();
                assertThat(child.ask("open " + directory + " 100"))
                        .isEqualTo("error data directory " + directory + " is in use by process "
                                + ProcessHandle.current().pid()
                                + " (expected: one server for each directory; stop it or name another with --data)");
            }
            assertThat(child.ask("open " + directory + " 100")).isEqualTo("opened");
            assertThat(child.ask("set a 1")).isEqualTo("committed");
            assertThatThrownBy(() -> SqliteStore.open(directory, OPTIONS))
                    .hasMessageContaining("is in use by process " + child.pid() + " ");
            child.kill();
        }
        try (SqliteStore store = SqliteStore.open(directory, OPTIONS)) {
            assertThat(StoreChild.words(store.load())).isEqualTo("1 a=1");
        }
    }

    @Test
    void anotherProcessCanBackUpAStoreUnderLoad() throws Exception {
        Path directory = temporary.resolve("data");
        Path copy = temporary.resolve("copy.db");
        Path acks = temporary.resolve("acks");
        Acks before;
        try (Child child = Child.start(temporary, Map.of()).awaitReady()) {
            assertThat(child.ask("open " + directory + " 100000")).isEqualTo("opened");
            assertThat(child.ask("load " + acks + " 4 500 1")).isEqualTo("reached");
            before = Acks.read(acks);
            SqliteStore.backup(directory, copy, (bytes, total) -> {});
        }
        // The copy's history, which a restored store does not go on with, is that of its owner.
        Path copied = Files.createDirectories(temporary.resolve("copied"));
        Files.move(copy, copied.resolve("store.db"));
        try (SqliteStore store = SqliteStore.open(copied, OPTIONS)) {
            assertThat(before.check(store, 0)).isGreaterThanOrEqualTo(500);
        }
    }
}
