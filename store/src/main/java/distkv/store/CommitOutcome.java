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
     * @param previous for each write the entry that it replaced, {@code null} if there was none
     */
    record Committed(long revision, List<@Nullable Entry> previous) implements CommitOutcome {}

    /**
     * Nothing was written: an expectation or a guard did not hold.
     *
     * @param path the offender
     * @param current the entry that is there instead, {@code null} if there is none
     * @param guard whether it was a guard, not a write's expectation
     * @param revision at which it was judged: who reads there sees the reason
     */
    record Conflict(Path path, @Nullable Entry current, boolean guard, long revision) implements CommitOutcome {}

    /**
     * Nothing was written, and the reason is not in the commit's hands: a full disk, an unknown lease, a closed store.
     *
     * @param revision at which it was judged, 0 if the tree has nothing to do with it
     */
    record Refused(String reason, long revision) implements CommitOutcome {
        public Refused(String reason) {
            this(reason, 0);
        }
    }

    /** It may have been written or not: the sync failed, or an answer did not come. Read before you try again. */
    record Unknown(String reason) implements CommitOutcome {}

    /** The revision at which the reader must be who is to see what this outcome says; 0 for any. */
    default long judgedAt() {
        return switch (this) {
            case Committed(long revision, var _) -> revision;
            case Conflict(var _, var _, var _, long revision) -> revision;
            case Refused(var _, long revision) -> revision;
            case Unknown _ -> 0;
        };
    }
}
