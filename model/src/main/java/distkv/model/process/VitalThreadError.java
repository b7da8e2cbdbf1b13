package distkv.model.process;

/** A thread has ended without which the rest of the process must not go on. Its cause says why. */
public final class VitalThreadError extends Error {
    private static final long serialVersionUID = 1;

    VitalThreadError(String thread, Throwable cause) {
        super("thread " + thread + " failed: " + cause, cause);
    }
}
