package distkv.cli.input;

/** The command was used wrongly; its message says what was expected. Exit code 2. */
public final class UsageException extends RuntimeException {
    /** The exit code of a command that was used wrongly. */
    public static final int EXIT_CODE = 2;

    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message);
    }

    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
