package distkv.cli.input;

import org.jspecify.annotations.Nullable;

/** A command did not do what it was asked for. The message says why, and the hint, if there is one, what to do. */
public abstract sealed class CommandException extends RuntimeException permits FailedException, UsageException {
    private static final long serialVersionUID = 1;

    private final @Nullable String hint;

    CommandException(String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What to do; {@code null} if the message says enough. */
    public @Nullable String hint() {
        return hint;
    }
}
