package distkv.worker;

import org.jspecify.annotations.Nullable;

/**
 * Limits how much one run may log: two token buckets, for records and for characters. Once a record has been dropped,
 * the limiter lets none through until a second's worth of tokens is available, so that a flood arrives in coherent
 * pieces. The Python worker limits logs in the same way.
 */
final class LogRateLimiter {
    /** The burst, in records; fewer than the {@link ReportQueue} holds. */
    static final int RECORDS = 900;
    /** The rate, in records a second. */
    static final int RECORDS_A_SECOND = 200;
    /** The burst, in characters. */
    static final int CHARACTERS = 1 << 20;
    /** The rate, in characters a second. */
    static final int CHARACTERS_A_SECOND = 1 << 17;

    private static final String EXCEEDED = "more than " + RECORDS_A_SECOND + " records or "
            + (CHARACTERS_A_SECOND >> 10) + " Ki characters a second are logged: some are left out";

    private long at;
    private double records = RECORDS;
    private double characters = CHARACTERS;
    private long leftOut;

    /** @param nanos the time of a monotonic clock */
    LogRateLimiter(long nanos) {
        this.at = nanos;
    }

    /**
     * What to do with a record.
     *
     * @param passes whether to send it
     * @param notice what to log first; {@code null}: nothing
     */
    record Verdict(boolean passes, @Nullable String notice) {}

    /** Decides about a record of this size. */
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

    /** What to log at the end of the run; {@code null}: nothing. */
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
