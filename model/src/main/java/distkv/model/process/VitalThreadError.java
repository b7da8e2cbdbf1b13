package distkv.model.process;

/** A thread has failed that the process cannot do without. */
public final class VitalThreadError extends Error {
    private static final long serialVersionUID = 1;

    VitalThreadError(String thread, Throwable cause) {
        super("thread " + thread + " failed: " + cause, cause);
    }
}
