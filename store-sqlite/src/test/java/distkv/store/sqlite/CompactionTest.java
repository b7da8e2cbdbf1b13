package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.ManualClock;
import distkv.store.StoreTesting;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many rows there are for an entry, while it is written as fast as that goes and afterwards. */
@SuppressWarnings("NullAway.Init")
class CompactionTest extends StoreTesting {
    private static final int ENTRIES = 40_000;
    private static final int ROUNDS = 8;
    private static final int BATCH = 100;

    @TempDir
    Path directory;

    private SqliteStore store;
    private Connection reader;

    @BeforeEach
    void open() throws SQLException {
        store = closing(SqliteStore.open(directory, SqliteOptions.of("home").withClock(ManualClock::new)));
        reader = closing(Database.reader(directory.resolve("store.db")));
    }

    private long rows() throws SQLException {
        return Database.number(reader, "SELECT count(*) FROM change");
    }

    /** Writes all entries in an order of their own, and says how many rows there were at most meanwhile. */
    private long rewrite(Random random) throws SQLException {
        long most = 0;
        List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
        for (int at = 0; at < ENTRIES; at += BATCH) {
            List<Write> writes = new ArrayList<>();
            int start = random.nextInt(ENTRIES);
            for (int i = 0; i < BATCH; i++) {
                // The step has no divisor in common with the number of entries, so none comes twice.
                long which = (start + i * 7919L) % ENTRIES;
                writes.add(
                        Write.set(distkv.model.Path.of("e", which), new Value(new byte[20]), Expectation.anything()));
            }
            asked.add(store.commit(new Commit(writes, List.of())));
            // What is asked for at once may be one transaction, which no compaction comes before the end of.
            if (at % (ENTRIES / 10) == 0) {
                asked.getLast().join();
                most = Math.max(most, rows());
            }
        }
        asked.forEach(outcome -> assertThat(outcome.join()).isInstanceOf(CommitOutcome.Committed.class));
        return Math.max(most, rows());
    }

    @Test
    void rowsKeepUpWithWritesAndGoWhenNobodyWrites() throws Exception {
        for (int at = 0; at < ENTRIES; at += 200) {
            List<Write> writes = new ArrayList<>();
            for (int i = at; i < at + 200; i++) {
                writes.add(Write.set(
                        distkv.model.Path.of("e", (long) i), new Value(new byte[20]), Expectation.anything()));
            }
            store.commit(new Commit(writes, List.of())).join();
        }
        Random random = new Random(1);
        long most = 0;
        for (int round = 0; round < ROUNDS; round++) {
            most = Math.max(most, rewrite(random));
        }
        assertThat(most / (double) ENTRIES)
                .as("rows an entry while it is written")
                .isLessThan(2.5);
        // The shortest history is 10,000 changes.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(rows()).isLessThan(ENTRIES + 10_000 + 256 + 256));
        assertThat(store.load().entries()).hasSize(ENTRIES);
    }

    @Test
    void whatIsCompactedDoesNotTakeTheTimeOfCreationWithIt() throws Exception {
        store.close();
        SqliteOptions options =
                SqliteOptions.of("home").withClock(ManualClock::new).withRetain(10);
        store = closing(SqliteStore.open(directory, options));
        committed(store, set("z", 1), set("a", 1));
        for (int i = 0; i < 1000; i++) {
            committed(store, set("a", i % 100), set("z", i % 100));
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(rows()).isLessThan(600));
        store.close();
        store = closing(SqliteStore.open(directory, options));
        assertThat(store.load().entries()).extracting(Entry::created).containsExactly(257L, 256L);
    }

    @Test
    void historyIsKeptByBytesToo() throws Exception {
        store.close();
        store = closing(SqliteStore.open(
                directory, SqliteOptions.of("home").withClock(ManualClock::new).withRetainBytes(500_000)));
        for (int i = 0; i < 600; i++) {
            store.commit(Commit.of(Write.set(path("k." + i % 3), new Value(new byte[10_000]), Expectation.anything())))
                    .join();
        }
        long newest = store.load().revision();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(rows()).isLessThan(50 + 3 + 256));
        assertThat(store.load(newest - 40).entries()).hasSize(3);
        CompactedException gone =
                org.junit.jupiter.api.Assertions.assertThrows(CompactedException.class, () -> store.load(1));
        assertThat(gone.oldest()).isGreaterThan(newest - 50 - 2 * 256);
    }

    @Test
    void whatIsLeftIsFoundWithoutAnotherWrite() throws Exception {
        List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            asked.add(store.commit(Commit.of(set("k." + i % 50, i % 100))));
        }
        asked.forEach(CompletableFuture::join);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(rows()).isLessThan(50 + 10_000 + 256 + 256));
    }
}
