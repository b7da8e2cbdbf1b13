package distkv.runner.lifecycle;

/**
 * How long the claims of a runner certainly live.
 *
 * @param session which session they are bound to; another number after the session was lost
 * @param until the time of the last renewal that was answered, at which it was sent, and the time to live
 * @param margin how much earlier the runs must have ended
 */
public record Lease(long session, double until, double margin) {
    /** There is no session yet. */
    public static final Lease NONE = new Lease(0, Double.NEGATIVE_INFINITY, 0);

    /** When runs that must not outlive their claims are told to end. */
    public double last() {
        return until - margin;
    }

    /** When they are killed if they have not. */
    double kill() {
        return until - margin / 4;
    }
}
