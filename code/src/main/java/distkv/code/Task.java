package distkv.code;

/** A task started by {@link Context#spawn}. It ends with the job; if it throws, the job fails. */
public interface Task {
    /** Interrupts it. Returns whether it was running. */
    boolean cancel();

    /** Waits until it has ended. */
    void join() throws InterruptedException;
}
