package distkv.model;

/** A text is not a path; the message quotes it and names the position. */
public final class PathSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public PathSyntaxException(String message) {
        super(message);
    }
}
