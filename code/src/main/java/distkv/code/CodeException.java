package distkv.code;

/** Stored code could not be called, or has failed. The message names the procedure. */
public class CodeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CodeException(String message) {
        super(message);
    }
}
