package distkv.runner.worker;

import java.io.IOException;
import java.io.Reader;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Reads what parent and workers print, as lines of limited length and rate. All of them share one pipe, which is always
 * read as fast as it fills, so that a process that floods it does not block the others.
 */
final class OutputLimiter {
    /** The longest line in characters; the rest becomes the next line. */
    static final int LONGEST = 8_192;
    /** How many lines a second are passed on. The others are counted, and the count is reported. */
    static final int MOST = 500;

    private static final long SECOND = 1_000_000_000;

    private final Predicate<String> lines;
    private final LongSupplier nanos;
    private final StringBuilder line = new StringBuilder();
    private long since;
    private int passed;
    private long dropped;

    /**
     * Creates a reader.
     *
     * @param lines takes a line without blocking; returns false if it cannot at present
     * @param nanos the clock, in nanoseconds
     */
    OutputLimiter(Predicate<String> lines, LongSupplier nanos) {
        this.lines = lines;
        this.nanos = nanos;
        this.since = nanos.getAsLong();
    }

    /** Reads to the end. */
    void copy(Reader from) throws IOException {
        char[] buffer = new char[LONGEST];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            for (int i = 0; i < count; i++) {
                take(buffer[i]);
            }
        }
        if (!line.isEmpty()) {
            end();
        }
        if (dropped > 0) {
            tellDropped();
        }
    }

    private void take(char next) {
        if (next != '\n') {
            line.append(next);
        }
        if (next == '\n' || line.length() == LONGEST) {
            end();
        }
    }

    private void end() {
        long now = nanos.getAsLong();
        if (now - since >= SECOND && (dropped == 0 || tellDropped())) {
            since = now;
            passed = 0;
        }
        if (passed >= MOST || !lines.test(line.toString())) {
            if (dropped++ == 0) {
                var _ = lines.test("more than " + MOST + " lines a second are printed: some are not shown");
            }
        }
        passed++;
        line.setLength(0);
    }

    private boolean tellDropped() {
        boolean told = lines.test(dropped + " lines that were printed are not shown");
        if (told) {
            dropped = 0;
        }
        return told;
    }
}
