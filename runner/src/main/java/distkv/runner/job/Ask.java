package distkv.runner.job;

import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.error.Known;
import distkv.runner.error.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit that is wanted for a job.
 *
 * @param tock roughly when, in the order of all changes; goes into error records
 * @param writes what to write
 * @param reports what to write into the error tree in the same commit
 * @param otherwise what to write instead if the claim is gone; empty: nothing
 */
public record Ask(
        JobId job,
        Purpose purpose,
        long tock,
        List<Write> writes,
        List<Guard> guards,
        List<News> reports,
        List<Write> otherwise) {

    public enum Purpose {
        /** Why the job does not run. Tried once. */
        NOTE,
        /** The claim and the state that says so. Tried once. */
        CLAIM,
        /** What a run tells while it goes on. Waits for the server while cut off, unless too many wait already. */
        TELL,
        /** How a run ended. Waits for the server as long as it takes. */
        RECORD
    }

    /** A report, and the record that is known of the same thing. */
    public record News(Report report, @Nullable Known known) {}

    /** What became of it. */
    public sealed interface Answer {
        /** It is written; {@code ticks} are those of {@code writes}. */
        record Done(List<Long> ticks) implements Answer {}

        /** Instead of {@code writes}, {@code otherwise} is written. */
        record Otherwise(List<Long> ticks) implements Answer {}

        /** Nothing is written: something is not as it was known to be. The feed brings, or has brought, the news. */
        record Conflict() implements Answer {}

        /** Nothing is written, for this reason: no connection, no space, the runner is stopping. */
        record Failed(String reason) implements Answer {}
    }
}
