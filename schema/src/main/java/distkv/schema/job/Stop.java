package distkv.schema.job;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Why a runner ends a run that did not end by itself. */
public enum Stop {
    NO_TARGET("no target", false),
    ENTRY_DELETED("entry deleted", false),
    BAD_ENTRY("bad entry", false),
    CODE_CHANGED("code changed", true),
    DATA_CHANGED("data changed", true),
    LIMITS_CHANGED("limits changed", true),
    TARGET_CHANGED("target changed", true),
    SETTINGS_CHANGED("settings changed", true),
    CLAIM_LOST("claim lost", true),
    /** Another node has taken it over. */
    HANDED_OVER("handed over", true),
    /** It was on standby, and is not needed any more. */
    NOT_NEEDED("not needed", true),
    /** Another node is to run it. */
    MOVED("moved", true),
    CUT_OFF("cut off", true),
    /** The node that ran it is gone; the others find that out. */
    NODE_LOST("node lost", true),
    /** It took none of the messages that it had asked for. */
    STALLED("stalled", true),
    /** The connection to the server was lost while it needed it. */
    SERVER_LOST("server lost", true),
    /** A neighbour in the same worker did not stop, and the worker had to be killed. */
    WORKER_RESTARTED("worker restarted", true),
    RUNNER_STOPPED("runner stopped", true);

    private static final Set<String> INTERRUPTIONS = Arrays.stream(values())
            .filter(stop -> stop.interrupted)
            .map(Stop::reason)
            .collect(Collectors.toUnmodifiableSet());

    private final String reason;
    private final boolean interrupted;

    Stop(String reason, boolean interrupted) {
        this.reason = reason;
        this.interrupted = interrupted;
    }

    /** What the state says about it. */
    public String reason() {
        return reason;
    }

    /** Whether a state with this reason tells of a run that was interrupted, so that the job starts again at once. */
    public static boolean interrupted(String reason) {
        return INTERRUPTIONS.contains(reason);
    }
}
