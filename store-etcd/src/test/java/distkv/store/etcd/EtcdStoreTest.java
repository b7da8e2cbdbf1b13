package distkv.store.etcd;

import distkv.store.ManualClock;
import distkv.store.OriginContract;
import distkv.store.Store;
import distkv.store.engine.LeaseClock;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The etcd engine under the contract. */
class EtcdStoreTest extends OriginContract {
    @TempDir
    static Path directory;

    private static Etcd etcd;

    @BeforeAll
    static void start() {
        etcd = Etcd.start(directory);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    @Override
    protected Store open(LeaseClock clock) {
        return closing(EtcdStore.open(etcd.options().withClock(() -> clock)));
    }

    @Override
    protected Store openForgetful() {
        return closing(EtcdStore.open(etcd.options().withClock(ManualClock::new).withRetain(300, 10_000)));
    }
}
