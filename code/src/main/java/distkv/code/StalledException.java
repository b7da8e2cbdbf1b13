package distkv.code;

/** The job has not taken any message for too long while messages waited: it ends, which is no error, and starts again. */
public final class StalledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StalledException(String message) {
        super(message);
    }
}
