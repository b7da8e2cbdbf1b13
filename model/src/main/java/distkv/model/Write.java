package distkv.model;

import org.jspecify.annotations.Nullable;

/**
 * One requested change.
 *
 * @param value the new content; {@code null} to delete the entry
 * @param lease the lease to bind the entry to; 0 for none
 */
public record Write(Path path, @Nullable Value value, Expectation expectation, long lease) {
    public static Write set(Path path, Value value, Expectation expectation) {
        return new Write(path, value, expectation, 0);
    }

    public static Write delete(Path path, Expectation expectation) {
        return new Write(path, null, expectation, 0);
    }

    /** The same write, with the entry bound to a lease. */
    public Write under(long newLease) {
        return new Write(path, value, expectation, newLease);
    }
}
