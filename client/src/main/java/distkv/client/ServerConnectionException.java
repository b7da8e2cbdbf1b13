package distkv.client;

import distkv.protocol.Etype;

/** There is no connection, or it broke before the reply arrived. The client keeps trying to reconnect. */
public final class ServerConnectionException extends ClientException {
    private static final long serialVersionUID = 1;
    private final boolean outcomeUnknown;

    ServerConnectionException(String message, boolean outcomeUnknown) {
        super(Etype.CONN, message);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** The same exception for a pending write: its outcome is unknown. */
    ServerConnectionException ofWrite() {
        return new ServerConnectionException(getMessage() + "; outcome unknown: read the entry before retrying", true);
    }

    /** Whether this was a write whose outcome is unknown: read the entry before retrying. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
