package distkv.runner.outbox;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commits are made against: the server, or a simulated one. What it throws beside the refusal its user knows. */
public interface CommitTarget {
    /** All the writes or none; returns the tick of each. */
    List<Long> commit(Commit commit) throws Refusal, InterruptedException;

    /** What is at a path; {@code null} if there is nothing. */
    @Nullable
    Entry get(Path path) throws InterruptedException;

    /** A name for an error record that no other has. */
    long newRecord() throws InterruptedException;

    /** Nothing was written, as something is not as it was known to be. */
    final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient @Nullable Path path;

        /** With the entry that is in the way, if it is known. */
        public Refusal(@Nullable Path path) {
            super("refused because of " + path);
            this.path = path;
        }

        @Nullable
        Path path() {
            return path;
        }
    }
}
