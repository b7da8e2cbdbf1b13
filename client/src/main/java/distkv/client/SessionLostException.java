package distkv.client;

import distkv.protocol.Etype;

/** The session does not exist any more, nor does anything that was bound to it. */
public final class SessionLostException extends ClientException {
    private static final long serialVersionUID = 1;

    SessionLostException(String message) {
        super(Etype.SESSION, message);
    }
}
