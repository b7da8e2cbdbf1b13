package distkv.store;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a commit. */
public sealed interface CommitOutcome {
    /**
     * It is durable. The write at position n has the tick {@code Revision.tick(revision, n)}.
     *
     * @param previous for each write the entry that it replaced; {@code null} if there was none
     */
    record Committed(long revision, List<@Nullable Entry> previous) implements CommitOutcome {}

    /**
     * Nothing was written: an expectation or a guard did not hold.
     *
     * @param path where it did not hold
     * @param current the entry that is there instead; {@code null} if there is none
     * @param guard whether it was a guard, not the expectation of a write
     * @param revision the revision that was checked, which shows the reason
     */
    record Conflict(Path path, @Nullable Entry current, boolean guard, long revision) implements CommitOutcome {}

    /**
     * Nothing was written, for a reason outside the commit: a full disk, an unknown lease, a closed store.
     *
     * @param revision the revision that was checked; 0 if the tree was not the reason
     */
    record Refused(String reason, long revision) implements CommitOutcome {
        public Refused(String reason) {
            this(reason, 0);
        }
    }

    /** It may have been written or not: a sync failed, or a response got lost. Read the entries before retrying. */
    record Unknown(String reason) implements CommitOutcome {}

    /** The revision at which a reader sees what this outcome says; 0 for any. */
    default long judgedAt() {
        return switch (this) {
            case Committed(long revision, var _) -> revision;
            case Conflict(var _, var _, var _, long revision) -> revision;
            case Refused(var _, long revision) -> revision;
            case Unknown _ -> 0;
        };
    }
}
