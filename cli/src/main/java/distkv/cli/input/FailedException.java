package distkv.cli.input;

import org.jspecify.annotations.Nullable;

/** The command failed. Exit code 1. */
public final class FailedException extends CommandException {
    /** The exit code of a command that failed. */
    public static final int EXIT_CODE = 1;

    private static final long serialVersionUID = 1;

    public FailedException(String message) {
        super(message, null, null);
    }

    public FailedException(String message, Throwable cause) {
        super(message, null, cause);
    }

    private FailedException(String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, hint, cause);
    }

    /** The same, with advice; {@code null}: without. */
    public FailedException withHint(@Nullable String advice) {
        return new FailedException(String.valueOf(getMessage()), advice, getCause());
    }
}
