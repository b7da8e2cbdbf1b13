package distkv.store;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a commit. */
public sealed interface Outcome {
    /**
     * It is durable. The write at position n has the tick {@code Revision.tick(revision, n)}.
     *
     * @param previous for each write the entry that it replaced, {@code null} if there was none
     */
    record Committed(long revision, List<@Nullable Entry> previous) implements Outcome {}

    /**
     * Nothing was written: an expectation or a guard did not hold.
     *
     * @param path the offender
     * @param current the entry that is there instead, {@code null} if there is none
     * @param guard whether it was a guard, not a write's expectation
     */
    record Conflict(Path path, @Nullable Entry current, boolean guard) implements Outcome {}

    /** Nothing was written, and the reason is not in the commit's hands: a full disk, an unknown lease, a closed store. */
    record Refused(String reason) implements Outcome {}

    /** It may have been written or not: the sync failed, or an answer did not come. Read before you try again. */
    record Unknown(String reason) implements Outcome {}
}
