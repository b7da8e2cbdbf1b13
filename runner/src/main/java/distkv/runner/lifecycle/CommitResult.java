package distkv.runner.lifecycle;

import java.util.List;

/** What became of a {@link CommitRequest}. */
public sealed interface CommitResult {
    /** It is written; {@code ticks} are those of the request's {@code writes}. */
    record Done(List<Long> ticks) implements CommitResult {}

    /** The request's {@code fallback} is written instead of its {@code writes}. */
    record FellBack(long tick) implements CommitResult {}

    /** Nothing is written: something is not as it was known to be. The feed brings, or has brought, the news. */
    record Conflict() implements CommitResult {}

    /** Nothing is written, for this reason: no connection, no space, the runner is stopping. */
    record Failed(String reason) implements CommitResult {}
}
