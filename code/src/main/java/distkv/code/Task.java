package distkv.code;

/** What {@link Context#spawn} has started: it ends with the job, and the job fails if it throws. */
public interface Task {
    /** Interrupts it. Returns whether it was running. */
    boolean cancel();

    /** Waits until it has ended. */
    void join() throws InterruptedException;
}
