package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.ManualClock;
import distkv.store.StoreTesting;
import distkv.store.TreeContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreBackupTest extends StoreTesting {
    private static final SqliteOptions OPTIONS = SqliteOptions.of("home").withClock(ManualClock::new);

    @TempDir
    Path temporary;

    private Path home() {
        return temporary.resolve("home");
    }

    private Path copy() {
        return temporary.resolve("copy.db");
    }

    private SqliteStore open(String directory) {
        return closing(SqliteStore.open(temporary.resolve(directory), OPTIONS));
    }

    @Test
    void aRestoredBackupHasTheEntriesAndGoesOnWithNewRevisionsAndLeases() throws Exception {
        SqliteStore store = open("home");
        long lease = store.grant(Duration.ofSeconds(5));
        committed(store, set("a", 1), set("b", 2).under(lease));
        committed(store, set("a", 3), delete("c"));
        TreeContents before = store.load();
        store.backup(copy(), (bytes, total) -> {});
        committed(store, set("later", 1));
        assertThat(SqliteStore.restore(copy(), temporary.resolve("other"))).isEqualTo(2);
        SqliteStore other = open("other");
        assertThat(other.treeName()).isEqualTo("home");
        assertThat(other.load().entries()).isEqualTo(before.entries());
        long newest = other.load().revision();
        assertThat(newest).isGreaterThan(1_000_000);
        assertThatThrownBy(() -> other.follow(3)).isInstanceOf(CompactedException.class);
        assertThat(committed(other, set("a", 4))).isEqualTo(newest + 1);
        assertThat(next(closing(other.follow(newest))).revision()).isEqualTo(newest + 1);
        assertThat(other.renew(lease)).isTrue();
        assertThat(other.grant(Duration.ofSeconds(5))).isGreaterThan(lease + 1_000_000);
    }

    @Test
    void aRestoredBackupKnowsWhoMadeItsChanges() {
        Origin anna = new Origin("anna", 512);
        SqliteStore store = open("home");
        outcome(store, new Commit(List.of(set("a", 1)), List.of()).from(anna));
        store.backup(copy(), (bytes, total) -> {});
        SqliteStore.restore(copy(), temporary.resolve("other"));
        SqliteStore other = open("other");
        Entry entry = other.load().entries().getFirst();
        assertThat(entry.by()).isEqualTo("anna");
        assertThat(other.origin(entry.tick())).isEqualTo(anna);
    }

    @Test
    void aBackupOfAStoreInUseIsWholeCommits() throws Exception {
        SqliteStore store = open("home");
        AtomicBoolean over = new AtomicBoolean();
        for (int i = 0; i < 40; i++) {
            pair(store, i, 100_000);
        }
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 40; !over.get(); i++) {
                pair(store, i, 1000);
            }
        });
        List<Long> progress = new ArrayList<>();
        store.backup(copy(), (bytes, total) -> {
            progress.add(bytes);
            assertThat(bytes).isLessThanOrEqualTo(total);
        });
        over.set(true);
        writer.join();
        assertThat(progress).hasSizeGreaterThan(5).isSorted();
        SqliteStore.restore(copy(), temporary.resolve("other"));
        List<Entry> entries = open("other").load().entries();
        assertThat(entries).hasSizeGreaterThanOrEqualTo(80);
        assertThat(entries.size() % 2).isZero();
        for (int i = 0; i < entries.size() / 2; i++) {
            assertThat(entries.get(i).revision())
                    .isEqualTo(entries.get(i + entries.size() / 2).revision());
        }
    }

    private static void pair(SqliteStore store, long number, int size) {
        Write left = Write.set(distkv.model.Path.of("left", number), new Value(new byte[size]), Expectation.anything());
        Write right =
                Write.set(distkv.model.Path.of("right", number), new Value(new byte[size]), Expectation.anything());
        assertThat(outcome(store, new Commit(List.of(left, right), List.of())))
                .isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void aDirectoryCanBeBackedUpByItsName() {
        try (SqliteStore store = open("home")) {
            committed(store, set("a", 1));
            SqliteStore.backup(home(), copy(), (bytes, total) -> {});
        }
        SqliteStore.restore(copy(), temporary.resolve("other"));
        assertThat(words(open("other").load().entries())).containsExactly("a=1");
    }

    @Test
    void aBackupDoesNotReplaceAFileNorARestoreAStore() throws IOException {
        SqliteStore store = open("home");
        store.backup(copy(), (bytes, total) -> {});
        assertThatThrownBy(() -> store.backup(copy(), (bytes, total) -> {}))
                .hasMessage("backup file " + copy() + " exists (expected: a new name)");
        assertThatThrownBy(() -> SqliteStore.restore(copy(), home())).hasMessageContaining("is in use by process");
        store.close();
        assertThatThrownBy(() -> SqliteStore.restore(copy(), home()))
                .hasMessage("data directory " + home()
                        + " holds a store already (expected: none; move store.db away first)");
    }

    @Test
    void aBackupOfNothingOrToNowhereSaysSo() {
        assertThatThrownBy(() -> SqliteStore.backup(home(), copy(), (bytes, total) -> {}))
                .hasMessage("data directory " + home() + " holds no store (expected: store.db in it)");
        SqliteStore store = open("home");
        Path nowhere = temporary.resolve("nowhere").resolve("copy.db");
        assertThatThrownBy(() -> store.backup(nowhere, (bytes, total) -> {}))
                .hasMessageStartingWith("backup to " + nowhere + " failed: ");
    }

    @Test
    void aDamagedBackupIsNotRestored() throws IOException {
        try (SqliteStore store = open("home")) {
            for (int i = 0; i < 500; i++) {
                committed(store, set("a." + i, 1));
            }
            store.backup(copy(), (bytes, total) -> {});
        }
        byte[] bytes = Files.readAllBytes(copy());
        for (int i = 0; i < 2000; i++) {
            bytes[bytes.length / 2 + i] = 17;
        }
        Files.write(copy(), bytes);
        Path other = temporary.resolve("other");
        assertThatThrownBy(() -> SqliteStore.restore(copy(), other)).hasMessageStartingWith(copy() + " is damaged");
        assertThat(other.resolve("store.db")).doesNotExist();
        assertThatThrownBy(() -> SqliteStore.restore(temporary.resolve("none"), other))
                .hasMessage("backup file " + temporary.resolve("none") + " does not exist");
    }
}
