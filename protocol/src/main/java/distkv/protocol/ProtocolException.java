package distkv.protocol;

/**
 * Bytes that are not what the protocol says; the message names the offender and what was expected. It has no stack
 * trace: that would cost far more than the bytes, of which somebody may send millions.
 */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message, null, true, false);
    }
}
