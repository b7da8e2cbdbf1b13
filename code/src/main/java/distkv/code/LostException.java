package distkv.code;

/** This run has lost its claim, and somebody else may be running the job: it cannot write any more, and must end. */
public final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LostException(String message, Throwable cause) {
        super(message, cause);
    }
}
