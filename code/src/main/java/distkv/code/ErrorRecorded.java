package distkv.code;

/** Ends a job after {@link Context#error} has recorded why. */
public final class ErrorRecorded extends Exception {
    private static final long serialVersionUID = 1;

    public ErrorRecorded(String message) {
        super(message);
    }
}
