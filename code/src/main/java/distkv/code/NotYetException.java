package distkv.code;

/** This run is on standby: it may write once {@link Context#setupDone} has returned, not yet. */
public final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotYetException(String message, Throwable cause) {
        super(message, cause);
    }
}
