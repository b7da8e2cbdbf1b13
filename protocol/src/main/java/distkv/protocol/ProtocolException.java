package distkv.protocol;

/**
 * Bytes that violate the protocol; the message names the offender and what was expected. It has no stack trace, which would
 * cost far more than the bytes, and a client may send millions of them.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message, null, true, false);
    }
}
