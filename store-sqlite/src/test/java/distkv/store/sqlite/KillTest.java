package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed under load loses nothing that it has acknowledged, and leaves nothing by half. */
class KillTest {
    /** Enough for what a loaded machine commits before the kill comes. */
    private static final long RETAIN = 8000;

    @TempDir
    Path temporary;

    @Test
    void nothingAcknowledgedIsLostInFortyKills() throws Exception {
        kill(40, new Random().nextLong());
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void nothingAcknowledgedIsLostInTwoHundredKills() throws Exception {
        kill(200, new Random().nextLong());
    }

    private void kill(int rounds, long seed) throws Exception {
        System.out.println("KillTest seed " + seed);
        Random random = new Random(seed);
        Path directory = temporary.resolve("data");
        Path acks = temporary.resolve("acks");
        long checked = 0;
        Child next = Child.start(temporary, Map.of());
        for (int round = 0; round < rounds; round++) {
            try (Child child = next.awaitReady()) {
                // The next one comes up while this one works.
                next = Child.start(temporary, Map.of());
                assertThat(child.ask("open " + directory + " " + RETAIN)).isEqualTo("opened");
                int count = 1 + random.nextInt(round % 4 == 0 ? 800 : 100);
                assertThat(child.ask(
                                "load " + acks + " " + (1 + random.nextInt(8)) + " " + count + " " + random.nextLong()))
                        .isEqualTo("reached");
                child.kill();
            }
            try (SqliteStore store = SqliteStore.open(
                    directory, SqliteOptions.of("child").withRetain(RETAIN).withClock(ManualClock::new))) {
                checked = Acks.read(acks).check(store, checked);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
            Files.delete(acks);
        }
        next.close();
    }
}
