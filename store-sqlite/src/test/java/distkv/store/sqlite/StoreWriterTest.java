package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.CommitOutcome;
import distkv.store.ManualClock;
import distkv.store.StoreTesting;
import distkv.store.engine.LeaseClock;
import distkv.testing.ReportedFaults;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A writer that fails would be half a store: the process is told, and nothing more is acknowledged. */
@Timeout(60)
class StoreWriterTest extends StoreTesting {
    private static final Duration TTL = Duration.ofSeconds(3);

    /** A clock that fails when the writer asks it for the time. */
    private static final class PlantedClock implements LeaseClock {
        private final ManualClock clock = new ManualClock();
        private volatile boolean fails;

        @Override
        public long nanos() {
            if (fails && Thread.currentThread().getName().equals("distkv-store")) {
                throw new IllegalStateException("planted");
            }
            return clock.nanos();
        }

        @Override
        public Alarm at(long when, Runnable task) {
            return clock.at(when, task);
        }

        @Override
        public void close() {
            clock.close();
        }
    }

    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @TempDir
    Path directory;

    @Test
    void aWriterThatFailsIsReportedAndAcknowledgesNothingMore() throws Exception {
        PlantedClock clock = new PlantedClock();
        SqliteOptions options = SqliteOptions.of("home").withClock(() -> clock);
        SqliteStore store = closing(SqliteStore.open(directory, options));
        long lease = store.grant(TTL);
        committed(store, set("a", 1).under(lease), set("b", 2));
        clock.fails = true;
        clock.clock.advance(TTL);
        faults.assertReported("distkv-store");
        assertThat(commit(store, set("b", 3)))
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.reason())
                                .startsWith("the store has stopped")
                                .contains("planted"));
        store.close();
        assertThat(words(closing(SqliteStore.open(
                                directory, SqliteOptions.of("home").withClock(ManualClock::new)))
                        .load()
                        .entries()))
                .containsExactly("a=1", "b=2");
    }
}
