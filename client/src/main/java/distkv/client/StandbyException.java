package distkv.client;

import distkv.protocol.Reply;

/** Nothing was written: a guard is a standby claim whose run has not taken over yet. */
public final class StandbyException extends ConflictException {
    private static final long serialVersionUID = 1;

    StandbyException(Reply.Failed failed) {
        super(failed);
    }
}
