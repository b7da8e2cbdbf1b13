package distkv.store.sqlite;

import distkv.store.ManualClock;
import distkv.store.OriginContract;
import distkv.store.Store;
import distkv.store.engine.LeaseClock;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite engine under the contract. */
class SqliteStoreTest extends OriginContract {
    @TempDir
    Path directory;

    @Override
    protected Store open(LeaseClock clock) {
        return closing(SqliteStore.open(directory, SqliteOptions.of("contract").withClock(() -> clock)));
    }

    @Override
    protected Store openForgetful() {
        return closing(SqliteStore.open(
                directory,
                SqliteOptions.of("contract").withClock(ManualClock::new).withRetain(300)));
    }
}
