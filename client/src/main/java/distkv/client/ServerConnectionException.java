package distkv.client;

import distkv.protocol.Etype;

/** There is no connection, or it broke before the answer came. The client keeps trying to connect again. */
public final class ServerConnectionException extends ClientException {
    private static final long serialVersionUID = 1;
    private final boolean outcomeUnknown;

    ServerConnectionException(String message, boolean outcomeUnknown) {
        super(Etype.CONN, message);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** The same, for a write that was under way: it may have happened. */
    ServerConnectionException ofWrite() {
        return new ServerConnectionException(getMessage() + "; the write may have happened or not", true);
    }

    /** Whether this was a write that may have happened: read before trying again. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
