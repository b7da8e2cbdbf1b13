package distkv.client;

import distkv.protocol.Etype;

/** There is no such session any more; everything bound to it is gone. */
public final class SessionLostException extends ClientException {
    private static final long serialVersionUID = 1;

    SessionLostException(String message) {
        super(Etype.SESSION, message);
    }
}
