package distkv.cli.input;

/** The command could not do what it was asked for; its message says why and what to do. Exit code 1. */
public final class FailedException extends RuntimeException {
    /** The exit code of a command that failed. */
    public static final int EXIT_CODE = 1;

    private static final long serialVersionUID = 1;

    public FailedException(String message) {
        super(message);
    }

    public FailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
