package distkv.store.engine;

import distkv.store.ManualClock;
import distkv.store.OriginContract;
import distkv.store.Store;

/** The in-memory store under the contract. */
class MemoryStoreTest extends OriginContract {
    @Override
    protected Store open(LeaseClock clock) {
        return closing(new MemoryStore("contract", clock, 1 << 14));
    }

    @Override
    protected Store openForgetful() {
        return closing(new MemoryStore("contract", new ManualClock(), 256));
    }
}
