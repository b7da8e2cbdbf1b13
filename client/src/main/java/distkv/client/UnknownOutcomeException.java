package distkv.client;

import distkv.protocol.Etype;

/** The server does not know whether it carried out the write: read the entry before retrying. */
public final class UnknownOutcomeException extends ClientException {
    private static final long serialVersionUID = 1;

    UnknownOutcomeException(String message) {
        super(Etype.UNKNOWN, message);
    }
}
