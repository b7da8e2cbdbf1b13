package distkv.client;

import distkv.protocol.Etype;
import distkv.protocol.Reply;

/** A request has failed. {@link #etype} tells the kind of failure; some kinds have a subclass. */
public class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Etype etype;

    ClientException(Etype etype, String message) {
        super(message);
        this.etype = etype;
    }

    /** The server's error as an exception. */
    public static ClientException of(Reply.Failed failed) {
        return switch (failed.etype()) {
            case CHAIN, GUARD, VALUE -> new ConflictException(failed);
            case NOT_YET -> new StandbyException(failed);
            case UNKNOWN -> new UnknownOutcomeException(failed.text());
            case SESSION -> new SessionLostException(failed.text());
            default -> new ClientException(failed.etype(), failed.text());
        };
    }

    public final Etype etype() {
        return etype;
    }
}
