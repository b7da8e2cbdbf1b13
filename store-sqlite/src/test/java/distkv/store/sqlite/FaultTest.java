package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are full or fail: what is acknowledged stays, what is refused is not there, what is unknown is so called. */
@SuppressWarnings("NullAway.Init")
class FaultTest {
    private static final int WAL_HEADER = 32;
    private static final int FRAME = 24 + 4096;
    /** The sizes of values whose rows take so many pages, the last of them not quite. */
    private static final int ONE_PAGE = 3000;

    private static final int THREE_PAGES = 8150;

    @TempDir
    static Path temporary;

    private static Faults faults;
    private static Child child;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        faults = Faults.make(temporary);
        child = faults.child();
    }

    @AfterAll
    static void stop() throws Exception {
        if (child != null) {
            child.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        assertThat(child.ask("open " + directory + " 100")).isEqualTo("opened");
    }

    @AfterEach
    void closeStore() throws IOException {
        faults.off();
        child.ask("close");
    }

    private void reopen() throws IOException {
        faults.off();
        assertThat(child.ask("close")).isEqualTo("closed");
        open();
    }

    @Test
    void afterAFailedSyncTheOutcomeIsUnknownAndTheStoreStops() throws IOException {
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        faults.syncsFail(Faults.EIO, Faults.LOG);
        assertThat(child.ask("set a 2")).startsWith("unknown the commit failed: SQLITE_IOERR_FSYNC");
        assertThat(child.ask("show")).isEqualTo("1 a=1");
        faults.off();
        assertThat(child.ask("set a 3"))
                .startsWith(
                        "refused the store has stopped, because it cannot know what is on the disk: the commit failed: "
                                + "SQLITE_IOERR_FSYNC")
                .endsWith("(check the disk, then restart the server)");
        assertThat(child.ask("grant 1000")).startsWith("error no lease was granted: the store has stopped");
        reopen();
        assertThat(child.ask("show")).isIn("1 a=1", "2 a=2");
        assertThat(child.ask("set a 4")).isEqualTo("committed");
    }

    @Test
    void aFailedWriteOfTheLogStopsTheStoreToo() throws IOException {
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        faults.writesFail(Faults.EIO, Faults.LOG, 0);
        assertThat(child.ask("set a 2")).startsWith("unknown the commit failed: SQLITE_IOERR_WRITE");
        faults.off();
        assertThat(child.ask("set a 3")).startsWith("refused the store has stopped");
        reopen();
        assertThat(child.ask("show")).isIn("1 a=1", "2 a=2");
        assertThat(child.ask("set a 4")).isEqualTo("committed");
    }

    @Test
    void aCheckpointThatCannotBeSyncedStopsTheStoreAndLosesNothing() throws IOException {
        faults.syncsFail(Faults.EIO, Faults.DATA);
        String[] filled = child.ask("fill 20000 2000").split(" ", 2);
        assertThat(filled[1]).startsWith("refused the store has stopped").contains("the checkpoint failed");
        int done = Integer.parseInt(filled[0]);
        reopen();
        String shown = child.ask("show");
        assertThat(shown).startsWith(done + " ").contains("fill" + (done - 1) % 100 + "=" + (done - 1));
        assertThat(child.ask("set a 1")).isEqualTo("committed");
    }

    @Test
    void onAFullDiskCommitsAreRefusedUntilThereIsRoomAgain() throws IOException {
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        faults.writesFail(Faults.ENOSPC, Faults.LOG | Faults.DATA, 0);
        assertThat(child.ask("set a 2")).startsWith("refused disk full: SQLITE_FULL");
        assertThat(child.ask("set b 2")).startsWith("refused disk full");
        assertThat(child.ask("show")).isEqualTo("1 a=1");
        assertThat(child.ask("grant 1000")).startsWith("error no lease was granted: disk full");
        faults.off();
        assertThat(child.ask("set b 3")).isEqualTo("committed");
        assertThat(child.ask("show")).isEqualTo("2 a=1 b=3");
        reopen();
        assertThat(child.ask("show")).isEqualTo("2 a=1 b=3");
    }

    @Test
    void whereverTheDiskBecomesFullNothingIsLostOrTorn() throws IOException {
        fill(20, new Random().nextLong());
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void whereverTheDiskBecomesFullNothingIsLostOrTornInFourHundredRounds() throws IOException {
        fill(400, new Random().nextLong());
    }

    private void fill(int rounds, long seed) throws IOException {
        Random random = new Random(seed);
        long revision = 0;
        for (int round = 0; round < rounds; round++) {
            faults.writesFail(Faults.ENOSPC, Faults.LOG | Faults.DATA, random.nextInt(1_000_000));
            String[] filled =
                    child.ask("fill 2000 " + (4 + random.nextInt(4000))).split(" ", 2);
            assertThat(filled[1]).as("seed %d, round %d", seed, round).matches("committed|refused disk full.*");
            int done = Integer.parseInt(filled[0]);
            revision += done;
            String expected = child.ask("show");
            assertThat(expected).as("seed %d, round %d", seed, round).startsWith(Long.toString(revision));
            if (done > 0) {
                assertThat(expected + " ").contains("fill" + (done - 1) % 100 + "=" + (done - 1) + " ");
            }
            assertThat(shownAfterCrash()).as("seed %d, round %d", seed, round).isEqualTo(expected);
            if (random.nextInt(4) == 0) {
                reopen();
                assertThat(child.ask("show"))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(expected);
            }
        }
        faults.off();
        assertThat(child.ask("set a 1")).isEqualTo("committed");
    }

    /** What the files hold as they are now, if the process ended here. */
    private String shownAfterCrash() throws IOException {
        Path crashed = Files.createDirectories(directory.resolve("crashed"));
        for (String file : List.of("store.db", "store.db-wal")) {
            Files.copy(directory.resolve(file), crashed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        try (SqliteStore store = SqliteStore.open(crashed, SqliteOptions.of("child"))) {
            return StoreChild.words(store.load());
        }
    }

    /**
     * What is refused at any byte is not there after a crash. The part of a frame that was not written may be in the log
     * already: the log is zeros at first, and so is the end of the last page of a long value, and the last byte of a row.
     */
    @ParameterizedTest
    @ValueSource(ints = {ONE_PAGE, THREE_PAGES})
    void aCommitThatIsRefusedIsNotThereAfterACrash(int size) throws IOException {
        refuseAtEveryPlace(size, 1000, room -> faults.oneWriteFails(Faults.ENOSPC, Faults.LOG, room));
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PAGE, THREE_PAGES})
    void itIsNotThereEitherIfNothingCanBeWrittenAnyMore(int size) throws IOException {
        refuseAtEveryPlace(size, 1000, room -> faults.writesFail(Faults.ENOSPC, Faults.LOG, room));
    }

    @ParameterizedTest
    @ValueSource(ints = {ONE_PAGE, THREE_PAGES})
    @Tag("long")
    @Timeout(900)
    void aCommitThatIsRefusedAtOneOfManyBytesIsNotThereAfterACrash(int size) throws IOException {
        refuseAtEveryPlace(size, 5, room -> faults.oneWriteFails(Faults.ENOSPC, Faults.LOG, room));
    }

    /** Lets one commit fail at every byte around the ends of its frames, elsewhere at every so many, until it succeeds. */
    private void refuseAtEveryPlace(int size, int step, IntConsumer failAt) throws IOException {
        assertThat(child.ask("fill 1 " + size)).isEqualTo("1 committed");
        int refused = 0;
        String outcome = "";
        for (int room = 0; !outcome.equals("1 committed"); room = nextPlace(room, step)) {
            new WalFile(directory.resolve(StoreFile.FILE)).lengthen();
            failAt.accept(room);
            outcome = child.ask("fill 1 " + size);
            faults.off();
            if (!outcome.equals("1 committed")) {
                refused++;
                assertThat(outcome).startsWith("0 refused disk full: ");
                assertThat(shownAfterCrash()).as("after %d bytes", room).isEqualTo("1 fill0=0");
            }
        }
        assertThat(refused).isGreaterThan(2 * FRAME / step);
        assertThat(shownAfterCrash()).isEqualTo("2 fill0=0");
    }

    private static int nextPlace(int room, int step) {
        int within = Math.floorMod(room - WAL_HEADER, FRAME);
        return within == 0 || within >= FRAME - 2 ? room + 1 : Math.min(room + step, room - within + FRAME - 2);
    }

    @Test
    void aCommitIsNotCalledRefusedIfItCannotBeErased() throws IOException {
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        faults.writesFail(Faults.ENOSPC, Faults.LOG, WAL_HEADER + FRAME);
        faults.truncationsFail(Faults.EIO);
        assertThat(child.ask("fill 1 " + THREE_PAGES)).startsWith("0 unknown the rollback failed: ");
        faults.off();
        assertThat(child.ask("set a 3")).startsWith("refused the store has stopped");
        assertThat(child.ask("delete a")).startsWith("refused the store has stopped");
        reopen();
        assertThat(child.ask("show")).isIn("1 a=1", "2 a=1 fill0=0");
        assertThat(child.ask("set a 4")).isEqualTo("committed");
    }

    @Test
    void aDiskThatIsFullForCheckpointsOnlyHoldsNobodyUp() throws IOException {
        faults.writesFail(Faults.ENOSPC, Faults.DATA, 0);
        assertThat(child.ask("fill 500 20000")).isEqualTo("500 committed");
        faults.off();
        assertThat(child.ask("fill 500 20000")).isEqualTo("500 committed");
        String expected = child.ask("show");
        reopen();
        assertThat(child.ask("show")).isEqualTo(expected).startsWith("1000 ");
    }

    @Test
    void aLeaseThatEndsWhileTheDiskIsFullTakesItsEntriesWithItAfterwards() throws IOException {
        String lease = child.ask("grant 1000");
        assertThat(child.ask("under a " + lease)).isEqualTo("committed");
        faults.writesFail(Faults.ENOSPC, Faults.LOG | Faults.DATA, 0);
        assertThat(child.ask("advance 1000")).isEqualTo("advanced");
        assertThat(child.ask("show")).isEqualTo("1 a=1");
        assertThat(child.ask("renew " + lease)).isEqualTo("false");
        faults.off();
        assertThat(child.ask("advance 1000")).isEqualTo("advanced");
        assertThat(child.ask("show")).isEqualTo("2");
    }

    private void awaitReserve() {
        await().until(() -> {
            Path reserve = directory.resolve("reserve");
            return Files.exists(reserve) && Files.size(reserve) == DiskSpace.RESERVE;
        });
    }

    @Test
    void aDiskThatTheStoreItselfHasFilledIsFreedByDeletions() throws IOException {
        awaitReserve();
        faults.disk(12 << 20);
        String[] filled = child.ask("fill 100 200000").split(" ", 2);
        assertThat(filled[1]).startsWith("refused disk full: ");
        assertThat(child.ask("set a 1")).startsWith("refused disk full: ").contains("only deletions are written");
        assertThat(child.ask("grant 1000")).startsWith("error no lease was granted: disk full: ");
        assertThat(child.ask("trouble")).startsWith("disk full: ");
        assertThat(directory.resolve("reserve")).doesNotExist();
        for (int i = Integer.parseInt(filled[0]) - 1; i >= 0; i--) {
            assertThat(child.ask("delete fill" + i)).isEqualTo("committed");
        }
        // What was superseded goes, too, whatever the history was to be, and what grows finds room in the file.
        await().until(() -> child.ask("set a 1").equals("committed"));
        assertThat(child.ask("fill 5 200000")).isEqualTo("5 committed");
        String expected = child.ask("show");
        reopen();
        assertThat(child.ask("show")).isEqualTo(expected);
        assertThat(child.ask("trouble")).isEmpty();
        awaitReserve();
    }

    @Test
    void aFullDiskThatHasRoomAgainIsNoticedWithoutAWrite() throws IOException {
        awaitReserve();
        faults.disk(1 << 20);
        assertThat(child.ask("fill 5000 20000")).contains("refused disk full: ");
        faults.off();
        await().until(() -> child.ask("trouble").isEmpty());
        awaitReserve();
        assertThat(child.ask("set a 1")).isEqualTo("committed");
    }

    @Test
    void aStoreStartsOnAFullDiskByMeansOfItsReserve() throws IOException {
        awaitReserve();
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        assertThat(child.ask("set b 2")).isEqualTo("committed");
        assertThat(child.ask("close")).isEqualTo("closed");
        faults.disk(0);
        open();
        assertThat(child.ask("show")).isEqualTo("2 a=1 b=2");
        assertThat(child.ask("trouble")).startsWith("disk full: ");
        assertThat(child.ask("set c 3")).startsWith("refused disk full: ");
        assertThat(child.ask("delete a")).isEqualTo("committed");
        reopen();
        assertThat(child.ask("show")).isEqualTo("3 b=2");
    }

    @Test
    void aStoreStartsOnAFullDiskWithoutAReserveToBeRead() throws IOException {
        assertThat(child.ask("set a 1")).isEqualTo("committed");
        assertThat(child.ask("close")).isEqualTo("closed");
        Files.deleteIfExists(directory.resolve("reserve"));
        faults.disk(0);
        open();
        assertThat(child.ask("show")).isEqualTo("1 a=1");
        assertThat(child.ask("trouble")).startsWith("disk full: ").contains("free some space, then restart the server");
        assertThat(child.ask("set b 2")).startsWith("refused disk full: ");
        assertThat(child.ask("delete a")).startsWith("refused disk full: ");
        reopen();
        assertThat(child.ask("show")).isEqualTo("1 a=1");
        assertThat(child.ask("set b 2")).isEqualTo("committed");
    }

    @Test
    void aLogThatGrowsNeedsNoRoomForItsIndex() throws IOException {
        // Without copies into the file the log grows, beyond what the first page of its index is for.
        faults.writesFail(Faults.ENOSPC, Faults.DATA | Faults.INDEX, 0);
        assertThat(child.ask("fill 1000 20000")).isEqualTo("1000 committed");
        String expected = child.ask("show");
        reopen();
        assertThat(child.ask("show")).isEqualTo(expected);
    }
}
