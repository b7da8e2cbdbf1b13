package distkv.runner.job;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What a runner is doing with a job at the moment. {@code docs/job-phases.md} shows the table as a diagram. */
public enum Phase {
    /** Nothing: the job waits for its time, or for a change. */
    IDLE,
    /** Writing down why it does not run. */
    NOTING,
    /** Asking for the claim, together with the state that says so. */
    CLAIMING,
    /** Claimed; handed to a worker. */
    STARTING,
    /** The code runs. */
    RUNNING,
    /** The code was told to end. */
    STOPPING,
    /** The run is over; its state, result and errors are being written, which gives up the claim. */
    RECORDING;

    /** Which phase may follow which. */
    public static final Map<Phase, Set<Phase>> NEXT = new EnumMap<>(Map.of(
            IDLE, EnumSet.of(NOTING, CLAIMING),
            NOTING, EnumSet.of(IDLE),
            CLAIMING, EnumSet.of(STARTING, IDLE),
            STARTING, EnumSet.of(RUNNING, STOPPING, RECORDING),
            RUNNING, EnumSet.of(STOPPING, RECORDING),
            STOPPING, EnumSet.of(RECORDING),
            RECORDING, EnumSet.of(IDLE)));

    boolean hasRun() {
        return this == STARTING || this == RUNNING || this == STOPPING;
    }
}
