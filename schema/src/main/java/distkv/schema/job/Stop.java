package distkv.schema.job;

/** Why a runner ends a run that did not end by itself. */
public enum Stop {
    NO_TARGET(Reason.Code.NO_TARGET),
    ENTRY_DELETED(Reason.Code.ENTRY_DELETED),
    BAD_ENTRY(Reason.Code.BAD_ENTRY),
    CODE_CHANGED(Reason.Code.CODE_CHANGED),
    DATA_CHANGED(Reason.Code.DATA_CHANGED),
    LIMITS_CHANGED(Reason.Code.LIMITS_CHANGED),
    TARGET_CHANGED(Reason.Code.TARGET_CHANGED),
    SETTINGS_CHANGED(Reason.Code.SETTINGS_CHANGED),
    CLAIM_LOST(Reason.Code.CLAIM_LOST),
    /** Another node has taken it over. */
    HANDED_OVER(Reason.Code.HANDED_OVER),
    /** It was on standby, and is not needed any more. */
    NOT_NEEDED(Reason.Code.NOT_NEEDED),
    /** Another node is to run it. */
    MOVED(Reason.Code.MOVED),
    CUT_OFF(Reason.Code.CUT_OFF),
    /** The node that ran it is gone; the others find that out. */
    NODE_LOST(Reason.Code.NODE_LOST),
    /** It took none of the messages that it had asked for. */
    STALLED(Reason.Code.STALLED),
    /** The connection to the server was lost while it needed it. */
    SERVER_LOST(Reason.Code.SERVER_LOST),
    /** A neighbour in the same worker did not stop, and the worker had to be killed. */
    WORKER_RESTARTED(Reason.Code.WORKER_RESTARTED),
    RUNNER_STOPPED(Reason.Code.RUNNER_STOPPED);

    private final Reason.Code code;

    Stop(Reason.Code code) {
        this.code = code;
    }

    /** What the state says about it. */
    public Reason reason() {
        return Reason.of(code);
    }
}
