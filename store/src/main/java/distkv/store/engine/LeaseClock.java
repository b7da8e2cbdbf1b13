package distkv.store.engine;

/** The time that leases go by; only differences matter. Tests bring a clock of their own. */
public interface LeaseClock extends AutoCloseable {
    /** A task that is scheduled. */
    interface Alarm {
        /** Cancels the task and frees its memory; does nothing if the task has begun. */
        void cancel();
    }

    long nanos();

    /** Runs a task once, as soon as {@link #nanos} has reached {@code when}. The task must be quick. */
    Alarm at(long when, Runnable task);

    /** Cancels all tasks. */
    @Override
    void close();

    /** The machine's clock, with a thread of its own for tasks. */
    static LeaseClock system() {
        return new SystemLeaseClock();
    }
}
