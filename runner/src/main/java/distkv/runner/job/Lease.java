package distkv.runner.job;

/**
 * How long the claims of a runner certainly live.
 *
 * @param session which session they are bound to; another number after the session was lost
 * @param until the time of the last renewal that was answered, at which it was sent, and the time to live
 * @param margin how much earlier the runs must have ended
 */
public record Lease(long session, double until, double margin) {
    /** When runs that must not outlive their claims are told to end. */
    public double last() {
        return until - margin;
    }

    /** When they are killed if they have not. */
    double kill() {
        return until - margin / 4;
    }
}
