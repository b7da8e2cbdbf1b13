package distkv.code;

import org.jspecify.annotations.Nullable;

/** A procedure has thrown something that a Java caller cannot be handed as it is: it ran elsewhere, or it was checked. */
public final class ProcedureException extends CodeException {
    private static final long serialVersionUID = 1;
    private final @Nullable String type;
    private final @Nullable String trace;

    /**
     * Says what was thrown.
     *
     * @param procedure its name
     * @param type the exception's class, as its language calls it
     * @param text the exception's own text
     * @param trace where it came from, if that is known
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

    /** The class of what it has thrown, as its language calls it; {@code null} if it is not known. */
    public @Nullable String type() {
        return type;
    }

    /** Where it was thrown, as its language writes it; {@code null} if it is not known. */
    public @Nullable String trace() {
        return trace;
    }
}
