package distkv.schema.job;

/** Why a runner ends a run that did not end by itself. */
public enum Stop {
    NO_TARGET,
    ENTRY_DELETED,
    BAD_ENTRY,
    CODE_CHANGED,
    DATA_CHANGED,
    LIMITS_CHANGED,
    TARGET_CHANGED,
    SETTINGS_CHANGED,
    CLAIM_LOST,
    /** Another node has taken it over. */
    HANDED_OVER,
    /** It was on standby, and is not needed any more. */
    NOT_NEEDED,
    /** Another node is to run it. */
    MOVED,
    CUT_OFF,
    /** The node that ran it is gone; the others find that out. */
    NODE_LOST,
    /** It took none of the messages that it had asked for. */
    STALLED,
    /** The connection to the server was lost while it needed it. */
    SERVER_LOST,
    /** A neighbour in the same worker did not stop, and the worker had to be killed. */
    WORKER_RESTARTED,
    RUNNER_STOPPED;

    private final Reason.Code code = Reason.Code.valueOf(name());

    /** What the state says about it: the reason of the same name. */
    public Reason reason() {
        return Reason.of(code);
    }
}
