package distkv.model;

import java.util.Objects;

/**
 * Where a change comes from.
 *
 * @param by who made it, as text that does not change: {@code anna}, {@code token backup}, {@code node attic}, or a run,
 *     {@code run JOB@NODE#CLAIM/CODE} with the ticks of its claim and of its code, each only if it is known
 * @param cause the tick of the change whose event led to this one; 0 if there is none
 */
public record Origin(String by, long cause) {
    /** The most characters of {@code by}. */
    public static final int MAX_BY = 600;

    /** What the name of a run begins with. */
    public static final String RUN = "run ";

    private static final char NUMBERS = '#';

    public Origin {
        Objects.requireNonNull(by);
        if (by.isEmpty() || by.length() > MAX_BY) {
            throw new IllegalArgumentException("by: " + by.length() + " characters (expected: 1 to " + MAX_BY + ")");
        }
        if (cause < 0) {
            throw new IllegalArgumentException("cause: " + cause + " (expected: a tick, or 0)");
        }
    }

    /** A change without a cause. */
    public Origin(String by) {
        this(by, 0);
    }

    /** Who made it, of a run only the job and the node: few names, however many runs there are. */
    public String who() {
        int numbers = by.startsWith(RUN) ? by.lastIndexOf(NUMBERS) : -1;
        return numbers < 0 ? by : by.substring(0, numbers);
    }
}
