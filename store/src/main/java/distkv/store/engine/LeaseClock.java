package distkv.store.engine;

/** Time as leases see it: only differences count. Tests bring one that they turn themselves. */
public interface LeaseClock extends AutoCloseable {
    /** A task that waits for its time. */
    interface Alarm {
        /** Forgets it; nothing of it is left. Does nothing if it has begun. */
        void cancel();
    }

    long nanos();

    /** Runs a task once, as soon as {@link #nanos} has reached {@code when}. The task is short. */
    Alarm at(long when, Runnable task);

    /** Forgets all tasks. */
    @Override
    void close();

    /** The machine's clock; its tasks run on one thread of its own. */
    static LeaseClock system() {
        return new SystemLeaseClock();
    }
}
