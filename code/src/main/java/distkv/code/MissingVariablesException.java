package distkv.code;

import java.util.List;

/** A call or a job does not supply all variables that a procedure requires. */
public final class MissingVariablesException extends CodeException {
    private static final long serialVersionUID = 1;
    private final transient List<String> missing;

    public MissingVariablesException(String procedure, List<String> missing) {
        super(procedure + ": missing " + String.join(", ", missing) + " (expected: a value for each)");
        this.missing = List.copyOf(missing);
    }

    /** The names of the missing variables. */
    public List<String> missing() {
        return missing;
    }
}
