package distkv.cli.input;

import org.jspecify.annotations.Nullable;

/** The command was used wrongly; the message says what was expected. Exit code 2. */
public final class UsageException extends CommandException {
    /** The exit code of a command that was used wrongly. */
    public static final int EXIT_CODE = 2;

    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message, null, null);
    }

    public UsageException(String message, Throwable cause) {
        super(message, null, cause);
    }

    private UsageException(String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, hint, cause);
    }

    /** The same, with advice; {@code null}: without. */
    public UsageException withHint(@Nullable String advice) {
        return new UsageException(String.valueOf(getMessage()), advice, getCause());
    }
}
