package distkv.code;

import org.jspecify.annotations.Nullable;

/**
 * A procedure has thrown an exception that cannot be passed to the Java caller as it is: the procedure ran elsewhere,
 * or the exception is a checked one.
 */
public final class ProcedureException extends CodeException {
    private static final long serialVersionUID = 1;
    private final @Nullable String type;
    private final @Nullable String trace;

    /**
     * Describes what was thrown.
     *
     * @param procedure the procedure's name
     * @param type the exception's class, as its language calls it; {@code null}: not known
     * @param text the exception's own text
     * @param trace the stack trace; {@code null}: not known
     */
    public ProcedureException(String procedure, @Nullable String type, @Nullable String text, @Nullable String trace) {
        super(procedure + ": " + (type == null ? "" : type) + (type == null || isEmpty(text) ? "" : ": ")
                + (text == null ? "" : text));
        this.type = type;
        this.trace = trace;
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    /** The class of the exception, as its language calls it; {@code null}: not known. */
    public @Nullable String type() {
        return type;
    }

    /** The stack trace, as the exception's language writes it; {@code null}: not known. */
    public @Nullable String trace() {
        return trace;
    }
}
