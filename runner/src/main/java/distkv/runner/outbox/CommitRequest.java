package distkv.runner.outbox;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobId;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A commit that is wanted for a job.
 *
 * @param tock roughly when, in the order of all changes; goes into error records
 * @param writes what to write
 * @param news what to write into the error tree in the same commit
 * @param fallback what to write instead if the claim is gone, or {@code null}
 */
public record CommitRequest(
        JobId job,
        Purpose purpose,
        long tock,
        List<Write> writes,
        List<Guard> guards,
        List<News> news,
        @Nullable Fallback fallback) {

    public enum Purpose {
        /** Why the job does not run. Tried once. */
        NOTE,
        /** The claim and the state that says so. Tried once. */
        CLAIM,
        /** A claim on standby. Tried once. */
        STANDBY,
        /** The claim that a run stands by for, together with the state that says so. Tried once. */
        SWAP,
        /** What a run tells while it goes on. Waits for the server while cut off, unless too many wait already. */
        TELL,
        /** How a run ended. Waits for the server as long as it takes. */
        RECORD;

        /** Whether it waits for the server while there is none. */
        public boolean isPatient() {
            return this == TELL || this == RECORD;
        }
    }

    /**
     * A write for the case that the claim is gone but nobody else has had the job since: what is there must still be of
     * the same run.
     *
     * @param value the new content, {@code null} to delete
     */
    public record Fallback(Path path, @Nullable Value value, Predicate<Value> sameRun) {
        /** The write, given what is there; {@code null} if it must not be. */
        public @Nullable Write over(@Nullable Entry there) {
            return there != null && there.value() != null && sameRun.test(there.value())
                    ? new Write(path, value, Expectation.at(there.tick()), 0)
                    : null;
        }
    }

    /** A report, and the record that is known of the same thing. */
    public record News(ErrorReport report, @Nullable ErrorRecord known) {}

    /** What became of a request. */
    public sealed interface Result {
        /** It is written; {@code ticks} are those of the request's {@code writes}. */
        record Done(List<Long> ticks) implements Result {}

        /** The request's {@code fallback} is written instead of its {@code writes}. */
        record FellBack(long tick) implements Result {}

        /** Nothing is written: something is not as it was known to be. The feed brings, or has brought, the news. */
        record Conflict() implements Result {}

        /** Nothing is written, for this reason: no connection, no space, the runner is stopping. */
        record Failed(String reason) implements Result {}
    }
}
