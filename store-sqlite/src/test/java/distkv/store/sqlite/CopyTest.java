package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Epochs;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Value;
import distkv.model.Write;
import distkv.model.WriteId;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.ManualClock;
import distkv.store.Replication;
import distkv.store.StoreException;
import distkv.store.StoreTesting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies of a store: that they are the same, wherever their feed breaks off, and what becomes of them. */
@SuppressWarnings("NullAway.Init")
class CopyTest extends StoreTesting {
    private static final int STEPS = 300;
    private static final String MAIN = "main.example:27586";

    @TempDir
    Path directory;

    private SqliteStore main;

    private Path copy() {
        return directory.resolve("copy");
    }

    @BeforeEach
    void open() {
        main = closing(SqliteStore.open(directory.resolve("main"), options()));
    }

    private static SqliteOptions options() {
        return SqliteOptions.of("home").withClock(ManualClock::new).withRetain(40);
    }

    private static Replication of(SqliteStore store) {
        return store.replication();
    }

    /** Makes a full copy of what is there now, or goes on with it; gives up after some batches. */
    private boolean copyFully(int batches) throws Exception {
        try (CopyFile draft = CopyFile.in(copy());
                CopyFeed feed = of(main).feed(-1, draft.resume(), draft.tick())) {
            draft.begin(feed.start(), MAIN);
            for (int i = 0; i < batches; i++) {
                CopyBatch batch = feed.next(Duration.ZERO);
                draft.append(batch);
                if (batch.upTo() == batch.newest()) {
                    draft.finish();
                    return true;
                }
            }
            return false;
        }
    }

    private SqliteStore fullCopy() throws Exception {
        assertThat(copyFully(Integer.MAX_VALUE)).isTrue();
        return closing(SqliteStore.open(copy(), options()));
    }

    /** Has a copy follow until it has everything, or for some batches only; false if the history does not reach back. */
    private boolean follow(SqliteStore copy, int batches) throws Exception {
        of(copy).feedBroken();
        try (CopyFeed feed = of(main).feed(copy.load().revision(), "", -1)) {
            for (int i = 0; i < batches; i++) {
                CopyBatch batch = feed.next(Duration.ZERO);
                of(copy).append(batch).join();
                if (batch.upTo() == batch.newest()) {
                    return true;
                }
            }
            return true;
        } catch (CompactedException e) {
            return false;
        }
    }

    private static Map<Long, Duration> leases(Path directory) throws SQLException {
        try (Connection connection = Database.reader(directory.resolve("store.db"))) {
            return StoreFile.leases(connection);
        }
    }

    private void assertSame(SqliteStore copy) throws Exception {
        assertThat(copy.load()).isEqualTo(main.load());
        assertThat(leases(copy())).isEqualTo(leases(directory.resolve("main")));
        for (Entry entry : main.load().entries()) {
            assertThat(copy.origin(entry.tick())).isEqualTo(main.origin(entry.tick()));
        }
        long newest = main.load().revision();
        long after = Math.max(0, newest - 5);
        assertThat(copy.writtenBy(Set.of(1L, 2L), after)).isEqualTo(main.writtenBy(Set.of(1L, 2L), after));
    }

    /** Seeds of their own for every run, and two that never change. They are in the names of the tests. */
    static List<Long> seeds() {
        Random fresh = new Random();
        return List.of(1L, 2L, fresh.nextLong(), fresh.nextLong());
    }

    private void randomWrites(Random random, List<Long> leases, int steps) {
        for (int i = 0; i < steps; i++) {
            int what = random.nextInt(20);
            if (what == 0) {
                leases.add(main.grant(Duration.ofSeconds(5)));
            } else if (what == 1 && !leases.isEmpty()) {
                main.revoke(leases.remove(random.nextInt(leases.size())));
            } else {
                List<Write> writes = new ArrayList<>();
                int first = random.nextInt(50);
                // Some commits are larger than a batch.
                byte[] bytes = new byte[random.nextInt(40) == 0 ? 100_000 : 1];
                for (int at = 0; at < 1 + random.nextInt(4); at++) {
                    String path = "e." + (first + at);
                    Write set = Write.set(path(path), new Value(bytes), Expectation.anything());
                    boolean bound = !leases.isEmpty() && random.nextInt(4) == 0;
                    writes.add(
                            random.nextInt(4) == 0
                                    ? delete(path)
                                    : bound ? set.under(leases.get(random.nextInt(leases.size()))) : set);
                }
                WriteId id = random.nextBoolean() ? new WriteId(1 + random.nextInt(2), i + 1) : null;
                Origin by = random.nextBoolean() ? new Origin("anna" + random.nextInt(3), random.nextInt(2)) : null;
                outcome(main, new Commit(writes, List.of(), id, by));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aCopyIsTheSameWhereverItsFeedBreaksOff(long seed) throws Exception {
        Random random = new Random(seed);
        List<Long> leases = new ArrayList<>();
        randomWrites(random, leases, STEPS);
        while (!copyFully(1 + random.nextInt(3))) {
            randomWrites(random, leases, random.nextInt(30));
        }
        SqliteStore copy = SqliteStore.open(copy(), options());
        try {
            for (int round = 0; round < 12; round++) {
                randomWrites(random, leases, random.nextInt(random.nextInt(5) == 0 ? 3 * STEPS : 30));
                if (random.nextInt(4) == 0) {
                    copy.close();
                    copy = SqliteStore.open(copy(), options());
                }
                if (!follow(copy, 1 + random.nextInt(4))) {
                    copy.close();
                    while (!copyFully(1 + random.nextInt(3))) {
                        randomWrites(random, leases, random.nextInt(5));
                    }
                    copy = SqliteStore.open(copy(), options());
                }
            }
            if (!follow(copy, Integer.MAX_VALUE)) {
                copy.close();
                copyFully(Integer.MAX_VALUE);
                copy = SqliteStore.open(copy(), options());
                assertThat(follow(copy, Integer.MAX_VALUE)).isTrue();
            }
            assertSame(copy);
        } finally {
            copy.close();
        }
    }

    /** Deletes an entry that was copied first, and writes until the row of its deletion has been dropped if it can be. */
    private void deleteAndForget() {
        committed(main, delete("early"));
        for (int i = 0; i < 3_000; i++) {
            committed(main, set("often." + i % 3, i % 100));
        }
    }

    private void writeMoreThanOneBatch() {
        committed(main, set("early", 1));
        for (int i = 0; i < 10; i++) {
            Value large = new Value(new byte[60_000]);
            committed(main, Write.set(path("large." + i), large, Expectation.anything()));
        }
    }

    @Test
    void nothingIsDroppedBetweenTheBatchesOfAFullCopy() throws Exception {
        writeMoreThanOneBatch();
        try (CopyFile draft = CopyFile.in(copy());
                CopyFeed feed = of(main).feed(-1, "", -1)) {
            draft.begin(feed.start(), MAIN);
            CopyBatch batch = feed.next(Duration.ZERO);
            assertThat(batch.upTo()).isLessThan(batch.newest());
            draft.append(batch);
            deleteAndForget();
            while (batch.upTo() < batch.newest()) {
                batch = feed.next(Duration.ZERO);
                draft.append(batch);
            }
            draft.finish();
        }
        assertSame(closing(SqliteStore.open(copy(), options())));
    }

    @Test
    void aFullCopyGoesOnAfterABreakOnlyIfNothingWasDroppedMeanwhile() throws Exception {
        writeMoreThanOneBatch();
        assertThat(copyFully(1)).isFalse();
        long got = CopyFile.in(copy()).tick();
        try (CopyFeed feed = of(main).feed(-1, CopyFile.in(copy()).resume(), got)) {
            assertThat(feed.next(Duration.ZERO).rows().getFirst().entry().tick())
                    .isGreaterThan(got);
        }
        deleteAndForget();
        assertSame(fullCopy());
    }

    @Test
    void theCopyOfAnEmptyTreeIsEmptyAndFollows() throws Exception {
        SqliteStore copy = fullCopy();
        assertThat(copy.load().entries()).isEmpty();
        committed(main, set("a", 1));
        assertThat(follow(copy, Integer.MAX_VALUE)).isTrue();
        assertSame(copy);
    }

    @Test
    void theLogOfACopyStaysShort() throws Exception {
        SqliteStore copy = fullCopy();
        Value large = new Value(new byte[60_000]);
        for (int i = 0; i < 600; i++) {
            committed(main, Write.set(path("large." + i), large, Expectation.anything()));
        }
        assertThat(follow(copy, Integer.MAX_VALUE)).isTrue();
        assertThat(Files.size(copy().resolve("store.db-wal"))).isLessThan(16 << 20);
    }

    @Test
    void aCopyRefusesWritesOfItsOwn() throws Exception {
        committed(main, set("a", 1));
        SqliteStore copy = fullCopy();
        assertThat(of(copy).isCopy()).isTrue();
        assertThat(commit(copy, set("b", 1)))
                .isEqualTo(new CommitOutcome.Refused(
                        "this is a copy of another store (expected: a write to the main one)"));
        assertThatThrownBy(() -> copy.grant(Duration.ofSeconds(1))).hasMessageContaining("a copy of another store");
        assertThat(words(copy.load().entries())).containsExactly("a=1");
    }

    @Test
    void aChangeThatDoesNotFollowIsRefusedAndLeavesNothing() throws Exception {
        committed(main, set("a", 1));
        SqliteStore copy = fullCopy();
        committed(main, set("a", 2));
        committed(main, set("a", 3));
        try (CopyFeed feed = of(main).feed(2, "", -1)) {
            CopyBatch late = feed.next(Duration.ZERO);
            assertThatThrownBy(() -> of(copy).append(late).join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(StoreException.class)
                    .hasMessage("not copied: revision 3 follows 1 (expected: 2)");
        }
        assertThat(follow(copy, Integer.MAX_VALUE)).isTrue();
        assertSame(copy);
    }

    @Test
    void leasesOfAPromotedCopyLiveOnceMoreAndThenEndWithTheirEntries() throws Exception {
        long lease = main.grant(Duration.ofSeconds(5));
        committed(main, set("claim", 1).under(lease), set("a", 1));
        fullCopy().close();
        assertThat(CopyFile.promote(copy())).isEqualTo(2);
        ManualClock clock = new ManualClock();
        SqliteStore promoted = closing(SqliteStore.open(copy(), options().withClock(() -> clock)));
        assertThat(promoted.replication().isCopy()).isFalse();
        assertThat(promoted.load().entries()).isEqualTo(main.load().entries());
        clock.advance(Duration.ofSeconds(4));
        assertThat(promoted.renew(lease)).isTrue();
        clock.advance(Duration.ofSeconds(6));
        // Written after the lease has ended, as both go through the same queue.
        long revision = committed(promoted, set("b", 1));
        assertThat(words(promoted.load().entries())).containsExactly("a=1", "b=1");
        assertThat(promoted.grant(Duration.ofSeconds(1))).isGreaterThan(lease + 1_000_000);
        assertThat(revision).isGreaterThan(1_000_000);
    }

    @Test
    void epochsTellWhatIsAPrefixAndWhatIsLost() throws Exception {
        long copied = committed(main, set("a", 1));
        fullCopy().close();
        committed(main, set("b", 2));
        CopyFile.promote(copy());
        SqliteStore promoted = closing(SqliteStore.open(copy(), options()));
        Epochs newer = Objects.requireNonNull(of(main).unseal(of(promoted).seal()));
        assertThat(newer.number()).isEqualTo(2);
        assertThat(newer.sharedWith(of(main).epochs())).isEqualTo(copied);
        assertThat(of(main).epochs().sharedWith(newer)).isEqualTo(-1);
        of(main).note(Replication.SUPERSEDED, of(promoted).seal());
        CopyFile.Identity old = Objects.requireNonNull(CopyFile.identity(directory.resolve("main")));
        assertThat(old.newer()).isEqualTo(newer);
        List<String> lost = new ArrayList<>();
        CopyFile.lost(directory.resolve("main"), copied, change -> lost.add(words(change.entry())));
        assertThat(lost).containsExactly("b=2");
    }

    @Test
    void aSealOfAnotherTreeOrAnAlteredOneIsNone() throws Exception {
        String seal = of(main).seal();
        assertThat(of(main).unseal(seal)).isEqualTo(of(main).epochs());
        assertThat(of(main).unseal(of(main).epochs().next(7) + seal.substring(seal.indexOf(':'))))
                .isNull();
        SqliteStore other = closing(SqliteStore.open(directory.resolve("other"), options()));
        assertThat(of(main).unseal(of(other).seal())).isNull();
    }

    @Test
    void aRestoredBackupIsAnotherTree() throws Exception {
        Path backup = directory.resolve("backup");
        main.backup(backup, (copied, total) -> {});
        SqliteStore.restore(backup, directory.resolve("restored"));
        SqliteStore restored = closing(SqliteStore.open(directory.resolve("restored"), options()));
        assertThat(of(restored).epochs().sharedWith(of(main).epochs())).isEqualTo(-1);
        assertThat(Files.exists(directory.resolve("restored/store.db"))).isTrue();
    }
}
