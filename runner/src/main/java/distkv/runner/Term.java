package distkv.runner;

/**
 * How long a session certainly lives, by two clocks: the one that its client goes by, which stands still while the machine
 * sleeps, and one that goes on, which not every machine has. Used by the decision thread only.
 */
final class Term {
    private long renewal;
    private double until = Double.NaN;

    /**
     * Takes in what is left of the session by the first clock.
     *
     * @param deadline another one after each renewal
     * @param boot the second clock, in seconds; not a number where there is none
     * @return whether it was renewed
     */
    boolean renewed(long deadline, double left, double boot) {
        if (deadline == renewal) {
            return false;
        }
        renewal = deadline;
        until = boot + left;
        return true;
    }

    /** When it ends by the second clock; not a number where there is none. */
    double until() {
        return until;
    }

    /** What is left of it in truth. */
    double left(double left, double boot) {
        return Double.isNaN(until) ? left : Math.min(left, until - boot);
    }
}
