package distkv.worker;

import org.jspecify.annotations.Nullable;

/**
 * How much one run may log: a stock of records and of characters that grows with time; what finds it used up is left out.
 * Once something was left out, nothing passes until there is enough for another second, so that a flood comes in pieces
 * that hang together. Any thread may ask. (The Python worker's is the same.)
 */
final class LogRateLimiter {
    /** So many records may come at once, fewer than may wait for the runner. */
    static final int RECORDS = 900;
    /** So many may come each second from then on. */
    static final int RECORDS_A_SECOND = 200;
    /** So long may they be, together, if they come at once. */
    static final int CHARACTERS = 1 << 20;
    /** So long may be what comes each second. */
    static final int CHARACTERS_A_SECOND = 1 << 17;

    private static final String EXCEEDED = "more than " + RECORDS_A_SECOND + " records or "
            + (CHARACTERS_A_SECOND >> 10) + " Ki characters a second are logged: some are left out";

    private long at;
    private double records = RECORDS;
    private double characters = CHARACTERS;
    private long leftOut;

    /** @param nanos the time, of a clock that never goes back */
    LogRateLimiter(long nanos) {
        this.at = nanos;
    }

    /**
     * What becomes of a record.
     *
     * @param passes whether it may be sent
     * @param notice what the log is to say before it, if anything
     */
    record Verdict(boolean passes, @Nullable String notice) {}

    /** Decides on a record of this size. */
    synchronized Verdict ask(int size, long nanos) {
        grow(nanos);
        if (leftOut > 0) {
            if (records < RECORDS_A_SECOND || characters < Math.max(size, CHARACTERS_A_SECOND)) {
                leftOut++;
                return new Verdict(false, null);
            }
            String notice = rest();
            take(size);
            return new Verdict(true, notice);
        }
        if (records < 1 || characters < size) {
            leftOut = 1;
            return new Verdict(false, EXCEEDED);
        }
        take(size);
        return new Verdict(true, null);
    }

    /** What the log is to say at its end, if anything. */
    synchronized @Nullable String rest() {
        long count = leftOut;
        leftOut = 0;
        return count == 0
                ? null
                : count + (count == 1 ? " record was" : " records were") + " left out: too much was logged";
    }

    private void grow(long nanos) {
        double seconds = Math.max(0, nanos - at) / 1e9;
        at = nanos;
        records = Math.min(RECORDS, records + seconds * RECORDS_A_SECOND);
        characters = Math.min(CHARACTERS, characters + seconds * CHARACTERS_A_SECOND);
    }

    private void take(int size) {
        records--;
        characters -= size;
    }
}
