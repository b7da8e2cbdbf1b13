package distkv.code;

/** This run is on standby: it may write only once {@link Context#setupDone} has returned. */
public final class NotYetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotYetException(String message, Throwable cause) {
        super(message, cause);
    }
}
