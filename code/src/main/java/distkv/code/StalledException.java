package distkv.code;

/**
 * The job has not taken any message for too long while messages waited. It ends, which is not an error, and starts
 * again.
 */
public final class StalledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StalledException(String message) {
        super(message);
    }
}
