package distkv.client;

import distkv.protocol.Reply;

/** Nothing was written: a guard is a claim on standby, which is not swapped for the claim yet. */
public final class StandbyException extends ConflictException {
    private static final long serialVersionUID = 1;

    StandbyException(Reply.Failed failed) {
        super(failed);
    }
}
