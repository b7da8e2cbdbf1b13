package distkv.code;

/**
 * A procedure that was called on a node of a group was ended before it was done: its node has died or was stopped, its
 * code has changed, or the caller was disconnected. It may have done part of its work. It is not run again by itself.
 */
public final class CallLostException extends CodeException {
    private static final long serialVersionUID = 1;

    /** @param why what ended it */
    public CallLostException(String procedure, String why) {
        super(procedure + ": " + why
                + " before it was done; it may have done part of its work"
                + " (expected: a new call, if that does no harm)");
    }
}
