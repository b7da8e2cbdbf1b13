package distkv.store;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An ordered, durable log of commits and the tree that results from it. The contract test, which every engine inherits,
 * defines what an engine must do.
 *
 * <p>A commit is durable before its outcome is {@link CommitOutcome.Committed}, and nothing that was acknowledged is ever
 * lost.
 */
public interface Store extends AutoCloseable {
    /** The tree's name, fixed when the tree was created; the {@code node} of every chain. */
    String treeName();

    /**
     * Requests a commit. Commits requested by one thread happen in that order. The future never fails: whatever happens is
     * a {@link CommitOutcome}. It may complete on the engine's own thread, so dependent actions must be quick, must not
     * wait, and must not request another commit: with a full queue, that waits.
     */
    CompletableFuture<CommitOutcome> commit(Commit commit);

    /** Whether requesting a commit may wait now, since the engine's queue is full or nearly so. */
    default boolean isFull() {
        return false;
    }

    /** What prevents writing, as text for people, for example a full disk and what to do; empty if nothing does. */
    default String trouble() {
        return "";
    }

    /** All present entries at the newest revision. */
    TreeContents load();

    /**
     * All present entries as they were at a revision.
     *
     * @throws CompactedException if the history does not reach back that far
     * @throws IllegalArgumentException if there is no such revision yet
     */
    TreeContents load(long revision) throws CompactedException;

    /**
     * The changes after a revision, in order and without a gap, past ones first and then new ones as they happen.
     *
     * @throws CompactedException if the history does not reach back that far
     * @throws IllegalArgumentException if there is no such revision yet
     */
    ChangeFeed follow(long after) throws CompactedException;

    /**
     * The requests of some writers that were committed after a revision, each with the revisions of its commits. The
     * result survives a restart of the engine, and is final if all commits of these writers have an outcome. An engine
     * that stores no ids throws.
     *
     * @param after a revision that existed when the first of the requests in question was made
     * @throws CompactedException if the history does not reach back that far, so that this is unknown
     * @throws IllegalArgumentException if there is no such revision yet
     * @throws StoreException if the engine does not know what is durable
     */
    default Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        throw new CompactedException(after, Long.MAX_VALUE);
    }

    /**
     * The outcome of the commit that made a revision.
     *
     * @throws CompactedException if the history does not reach back that far
     */
    default CommitOutcome.Committed committed(long revision) throws CompactedException {
        throw new CompactedException(revision, Long.MAX_VALUE);
    }

    /**
     * Who made the change of a tick, and why. The answer is exact for a present entry, whenever it was written; for a
     * change that was superseded as long as the history reaches back to it.
     *
     * @return {@code null} if nobody said so, or if there is no such change any more
     * @throws StoreException if it cannot be read
     */
    @Nullable
    Origin origin(long tick);

    /**
     * Grants a lease, which is durable when this returns. The entries bound to it are deleted when it has not been renewed
     * for {@code ttl}, or when it is revoked: in one commit or, if there are more than
     * {@value distkv.model.Revision#MAX_WRITES}, in as few consecutive ones as possible. A lease survives a restart of the
     * engine, and then lives one full {@code ttl} from the start. An entry that is rewritten without the lease leaves it.
     *
     * @param ttl 100 ms to 1 day
     * @return the lease's id, positive, never used before in this tree
     * @throws StoreException if the store is closed or cannot write
     */
    long grant(Duration ttl);

    /** Extends the lease by one {@code ttl} from now; false if it has ended. */
    boolean renew(long lease);

    /**
     * Ends the lease and deletes its entries, as if it had expired; does nothing if it has ended. If the store cannot
     * write, the lease ends nevertheless, and its entries are deleted as soon as the store can write again.
     */
    void revoke(long lease);

    /** How this store has copies, or is one; {@code null} if its engine knows no copies. */
    default @Nullable Replication replication() {
        return null;
    }

    /** Stops: commits that were requested still happen, feeds end. */
    @Override
    void close();
}
