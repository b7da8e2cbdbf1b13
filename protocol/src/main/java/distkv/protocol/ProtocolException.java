package distkv.protocol;

/** Bytes that are not what the protocol says; the message names the offender and what was expected. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message);
    }
}
