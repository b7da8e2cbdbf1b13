package distkv.runner.balance;

/**
 * How fast this node takes jobs for any node: it gives those before it more time while answers are slow, since theirs
 * are too, and leaves jobs to others for a while after it has lost a lease.
 */
public final class Pace {
    /** How much longer each node waits than the one before it, at the least, in seconds. */
    public static final double STEP = 0.1;
    /** The most that each node waits for the one before it, in seconds. */
    private static final double LONGEST_STEP = 5 * STEP;
    /** How much of an answer's time is taken into the mean. */
    private static final double WEIGHT = 0.2;
    /** The first pause after a lost lease, in seconds; each further one is twice as long, up to the longest. */
    private static final double FIRST_REST = 0.25;

    private static final double LONGEST_REST = 2;
    /** After so many seconds without another loss the next one counts as the first. */
    private static final double FORGIVEN = 30;

    private double took;
    private double answeredAt;
    private double rest;
    private double lostAt = Double.NEGATIVE_INFINITY;

    /** The answer to a claim that was asked for at that time is there. */
    public void answered(double askedAt, double now) {
        took = mean(now) * (1 - WEIGHT) + Math.clamp(now - askedAt, 0, 1) * WEIGHT;
        answeredAt = now;
    }

    /** How long an answer takes: what was measured counts for half after a second. */
    private double mean(double now) {
        return took * Math.pow(0.5, Math.max(0, now - answeredAt));
    }

    /** How much longer each node waits than the one before it, in seconds: until it would have heard of a claim. */
    public double step(double now) {
        return Math.clamp(2 * mean(now), STEP, LONGEST_STEP);
    }

    /** The session is another one, and the claims are gone. */
    public void leaseLost(double now) {
        boolean again = now >= lostAt && now < lostAt + FORGIVEN;
        rest = again ? Math.min(2 * rest, LONGEST_REST) : FIRST_REST;
        lostAt = now;
    }

    /** Until when jobs that other nodes may run are left to them. */
    public double restsUntil(double now) {
        // A clock that was set back must not make it long.
        return now < lostAt ? now : lostAt + rest;
    }

    /**
     * When to look again at a job for which it is not this node's turn yet: what the others have by then may make it this
     * node's turn earlier. Who has waited for long looks seldom.
     *
     * @param since from when turns count: since there is something to do, or later
     * @param turn when it will be this node's turn, for all that is known now
     */
    public static double lookAgain(double since, double turn, double now) {
        return Math.min(turn, Math.max(since, now + Math.max(STEP, (now - since) / 2)));
    }
}
