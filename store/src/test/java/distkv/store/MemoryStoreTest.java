package distkv.store;

/** The in-memory store under the contract. */
class MemoryStoreTest extends RandomContract {
    @Override
    protected Store open(LeaseClock clock) {
        return closing(new MemoryStore("contract", clock, 1 << 14));
    }

    @Override
    protected Store openForgetful() {
        return closing(new MemoryStore("contract", new ManualClock(), 256));
    }
}
