package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.store.StoreException;
import distkv.store.StoreTesting;
import distkv.store.TreeContents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Files that are old, new, broken or somebody else's. */
class FileFormatTest extends StoreTesting {
    private static final SqliteOptions OPTIONS = SqliteOptions.of("home");

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("store.db");
    }

    private SqliteStore open() {
        return closing(SqliteStore.open(directory, OPTIONS));
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = Database.writer(file())) {
            for (String statement : statements) {
                Database.run(connection, statement);
            }
        }
    }

    @Test
    void aNewerFormatIsRefused() throws SQLException {
        open().close();
        try (Connection connection = Database.writer(file())) {
            FileFormat.put(connection, "format", 7);
        }
        assertThatThrownBy(this::open)
                .hasMessage(file()
                        + " has format 7 (expected: 4 or older; it was written by a newer DistKV, so use that one)");
    }

    private static FileFormat later(FileFormat.Upgrade... upgrades) {
        List<FileFormat.Upgrade> all = new ArrayList<>(FileFormat.CURRENT.upgrades());
        all.addAll(List.of(upgrades));
        return new FileFormat(all);
    }

    @Test
    void aFileOfTheFirstFormatIsReadAndGoneOnWith() throws Exception {
        try (SqliteStore store = open()) {
            committed(store, set("a", 1), set("b", 2));
        }
        for (String column : List.of("created", "writer", "number", "author", "cause")) {
            sql("ALTER TABLE change DROP COLUMN " + column);
        }
        try (Connection connection = Database.writer(file())) {
            FileFormat.put(connection, "format", 1);
        }
        try (SqliteStore store = open()) {
            assertThat(words(store.load().entries())).containsExactly("a=1", "b=2");
            outcome(store, new Commit(List.of(set("a", 3)), List.of(), new WriteId(7, 8)));
        }
        SqliteStore store = open();
        assertThat(words(store.load().entries())).containsExactly("a=3", "b=2");
        assertThat(store.writtenBy(Set.of(7L), 0)).isEqualTo(Map.of(new WriteId(7, 8), List.of(2L)));
        assertThat(words(store.committed(2).previous())).containsExactly("a=1");
    }

    /** As a server of format 2 has left it: the columns are there, and empty. */
    @Test
    void aFileOfTheSecondFormatIsReadAndItsNewChangesHaveAnOrigin() throws Exception {
        try (SqliteStore store = open()) {
            committed(store, set("a", 1), set("b", 2));
        }
        try (Connection connection = Database.writer(file())) {
            FileFormat.put(connection, "format", 2);
        }
        Origin anna = new Origin("anna", 256);
        try (SqliteStore store = open()) {
            assertThat(store.load().entries()).extracting(Entry::by).containsExactly(null, null);
            outcome(store, new Commit(List.of(set("a", 3)), List.of()).from(anna));
        }
        SqliteStore store = open();
        assertThat(words(store.load().entries())).containsExactly("a=3", "b=2");
        assertThat(store.load().entries()).extracting(Entry::by).containsExactly("anna", null);
        assertThat(store.origin(Revision.tick(2, 0))).isEqualTo(anna);
        assertThat(store.origin(Revision.tick(1, 1))).isNull();
    }

    @Test
    void anOriginThatWasChangedInTheFileIsDamage() throws Exception {
        try (SqliteStore store = open()) {
            outcome(store, new Commit(List.of(set("a", 1)), List.of()).from(new Origin("anna", 256)));
        }
        for (String change : List.of("author = 'joe'", "author = NULL", "cause = 257", "cause = NULL")) {
            sql("UPDATE change SET " + change);
            assertThatThrownBy(this::open).hasMessageContaining("the row of tick 256 is damaged");
            sql("UPDATE change SET author = 'anna', cause = 256");
        }
        assertThat(open().load().entries()).hasSize(1);
    }

    @Test
    void anOlderFormatIsUpgradedStepByStepAndThenOpensAsItIs() throws SQLException {
        try (SqliteStore store = open()) {
            committed(store, set("a", 1), set("b", 2));
        }
        FileFormat later = later(
                FileFormat.Upgrade.of("ALTER TABLE change ADD COLUMN color TEXT", "UPDATE change SET color = 'none'"),
                FileFormat.Upgrade.of("CREATE TABLE note(text TEXT)", "INSERT INTO note SELECT color FROM change"));
        try (SqliteStore store = StoreFile.open(directory, OPTIONS, later)) {
            assertThat(words(store.load().entries())).containsExactly("a=1", "b=2");
        }
        try (Connection connection = Database.reader(file())) {
            assertThat(FileFormat.number(connection, "format")).isEqualTo(6);
            assertThat(Database.number(connection, "SELECT count(*) FROM note WHERE text = 'none'"))
                    .isEqualTo(2);
        }
        StoreFile.open(directory, OPTIONS, later).close();
        assertThatThrownBy(this::open).hasMessageContaining("has format 6 (expected: 4 or older");
    }

    @Test
    void anUpgradeThatFailsLeavesTheFileAsItWas() throws SQLException {
        try (SqliteStore store = open()) {
            committed(store, set("a", 1));
        }
        FileFormat broken = later(FileFormat.Upgrade.of("DELETE FROM change", "SELECT nonsense"));
        assertThatThrownBy(() -> StoreFile.open(directory, OPTIONS, broken)).isInstanceOf(StoreException.class);
        assertThat(words(open().load().entries())).containsExactly("a=1");
    }

    @Test
    void aFileThatIsNotSqliteIsRefused() throws IOException {
        Files.writeString(file(), "This is no database. ....".repeat(4096));
        assertThatThrownBy(this::open)
                .hasMessage(
                        file() + " is not an SQLite file (expected: a store of DistKV; move it away, and bring back a"
                                + " backup with `distkv restore FILE`)");
    }

    @Test
    void somebodyElsesDatabaseIsRefused() throws Exception {
        sql("CREATE TABLE bookmarks(url TEXT)");
        assertThatThrownBy(this::open)
                .hasMessageContaining(file() + " is an SQLite file, but not a store of DistKV (expected: ");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        Path below = directory.resolve("file").resolve("data");
        assertThatThrownBy(() -> SqliteStore.open(below, OPTIONS))
                .hasMessageContaining("data directory " + below + " cannot be used: ")
                .hasMessageContaining("(expected: a directory that this user can write)");
    }

    /** Twice 400 entries, and what the file is like when the store was closed or is in use. */
    private TreeContents fill(boolean inUse) throws IOException {
        try (SqliteStore store = open()) {
            for (int i = 0; i < 400; i++) {
                committed(store, set("a." + i, i % 100), set("b." + i, i % 50));
            }
            if (inUse) {
                copy("store.db", "copy.db");
                copy("store.db-wal", "copy.db-wal");
            }
            return store.load();
        }
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(directory.resolve(from), directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Opens the file, which is damaged, and returns what it has, or {@code null} if it is refused as it ought to be. */
    private @Nullable TreeContents openDamaged() {
        try (SqliteStore store = SqliteStore.open(directory, OPTIONS)) {
            return store.load();
        } catch (StoreException e) {
            assertThat(e).hasMessageStartingWith(file().toString()).hasMessageContaining("distkv restore FILE");
            return null;
        }
    }

    @ParameterizedTest(name = "in use: {0}")
    @ValueSource(booleans = {false, true})
    void aFileCutOffAnywhereIsRefusedOrComplete(boolean inUse) throws IOException {
        TreeContents complete = fill(inUse);
        byte[] bytes = Files.readAllBytes(directory.resolve(inUse ? "copy.db" : "store.db"));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            int length = round == 0 ? 0 : random.nextInt(bytes.length);
            Files.write(file(), Arrays.copyOf(bytes, length));
            if (inUse) {
                copy("copy.db-wal", "store.db-wal");
            }
            TreeContents found = openDamaged();
            assertThat(found == null || found.equals(complete))
                    .as("seed %d, cut to %d bytes", seed, length)
                    .isTrue();
        }
    }

    @Test
    void aLengthThatGarbageMakesIsDamageLikeAnyOther() {
        SQLException tooBig = new SQLiteException("too big", SQLiteErrorCode.SQLITE_TOOBIG);
        assertThat(Database.explain(file(), tooBig)).hasMessageContaining("distkv restore FILE");
        SQLException busy = new SQLiteException("busy", SQLiteErrorCode.SQLITE_BUSY);
        assertThat(Database.explain(file(), busy)).hasMessageContaining("cannot be used: SQLITE_BUSY");
    }

    @Test
    void garbageInTheFileIsNeverReadAsAnEntry() throws IOException {
        Set<Entry> complete = Set.copyOf(fill(false).entries());
        byte[] bytes = Files.readAllBytes(file());
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            byte[] broken = bytes.clone();
            byte[] garbage = new byte[1 + random.nextInt(random.nextBoolean() ? 4096 : 16)];
            random.nextBytes(garbage);
            int at = 512 + random.nextInt(broken.length - 512 - garbage.length);
            System.arraycopy(garbage, 0, broken, at, garbage.length);
            Files.write(file(), broken);
            TreeContents found = openDamaged();
            assertThat(found == null || complete.containsAll(found.entries()))
                    .as("seed %d, %d bytes of garbage at %d", seed, garbage.length, at)
                    .isTrue();
        }
    }

    /** What the version before the present format has left: a data directory that was kept when the format changed. */
    @Test
    void aStoreOfFormat1IsUpgradedAndKnowsWhenItsEntriesWereCreated() throws Exception {
        try (InputStream in = Objects.requireNonNull(FileFormatTest.class.getResourceAsStream("format-1.db"))) {
            Files.copy(in, file());
        }
        TreeContents contents;
        try (SqliteStore store = open()) {
            contents = store.load();
            assertThat(store.treeName()).isEqualTo("old");
            assertThat(words(contents.entries()))
                    .containsExactly("a=4", "again=11", "b=9", "compacted=99", "kept=2", "leased=13", "m=5", "z=12");
            assertThat(contents.entries())
                    .extracting(Entry::created)
                    // z and again were rewritten; of compacted, only that it was there long before is known.
                    .containsExactly(231424L, 233472L, 232960L, 201728L, 512L, 234240L, 231680L, 231168L);
            assertThat(store.load(contents.revision() - 1).entries()).hasSize(7);
            committed(store, set("z", 14));
            assertThat(store.load().entries().getLast().created()).isEqualTo(231168L);
        }
        try (SqliteStore store = open()) {
            assertThat(store.load().entries().getLast().created()).isEqualTo(231168L);
        }
        try (Connection connection = Database.reader(file())) {
            assertThat(FileFormat.number(connection, "format")).isEqualTo(4);
        }
    }
}
