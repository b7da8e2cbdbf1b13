package distkv.store;

import distkv.model.Commit;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * An ordered, durable log of commits and the tree that it makes. What every engine must do is in the contract test,
 * which each of them inherits.
 *
 * <p>All methods may be called from any thread. A commit is durable before its outcome is {@link CommitOutcome.Committed},
 * and nothing that was acknowledged is ever lost.
 */
public interface Store extends AutoCloseable {
    /** The tree's name, fixed when the tree was created; the {@code node} of every chain. */
    String treeName();

    /**
     * Asks for a commit. Commits asked for by one thread happen in that order. The future never fails: everything that
     * can happen is an {@link CommitOutcome}. It may complete on the engine's own thread, so what depends on it must be short
     * and must not wait, nor ask for another commit: an engine with a full queue makes who asks wait.
     */
    CompletableFuture<CommitOutcome> commit(Commit commit);

    /** Whether who asks for a commit now may have to wait, since the engine's queue is full or nearly so. */
    default boolean isFull() {
        return false;
    }

    /** What keeps it from writing, for people, e.g. that the disk is full and what to do; empty if nothing does. */
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
     * The changes after a revision, in order, without a gap, and going on as they happen.
     *
     * @throws CompactedException if the history does not reach back that far
     * @throws IllegalArgumentException if there is no such revision yet
     */
    ChangeFeed follow(long after) throws CompactedException;

    /**
     * What became of the requests of some writers: those that were committed after a revision, each with the revisions of
     * its commits. It outlives a restart of the engine. Ask about writers whose commits are all answered;
     * what is found then is final. An engine that keeps no ids never knows.
     *
     * @param after a revision that there was when the first of the requests in question was made
     * @throws CompactedException if the history does not reach back that far, so that nobody knows
     * @throws IllegalArgumentException if there is no such revision yet
     * @throws StoreException if the engine cannot know what is durable
     */
    default Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        throw new CompactedException(after, Long.MAX_VALUE);
    }

    /**
     * The outcome that the commit of a revision had.
     *
     * @throws CompactedException if the history does not reach back that far
     */
    default CommitOutcome.Committed committed(long revision) throws CompactedException {
        throw new CompactedException(revision, Long.MAX_VALUE);
    }

    /**
     * A new lease, durable when this returns. Entries bound to it are deleted when it has not been renewed for
     * {@code ttl}, or is revoked: in one commit, or if there are more than {@value distkv.model.Revision#MAX_WRITES} in
     * as few as hold them, one right after the other. It survives a restart of the engine, and then lives one full
     * {@code ttl} from the start. An entry that is rewritten without the lease leaves it.
     *
     * @param ttl 100 ms to 1 day
     * @return the lease's id, positive, never used before in this tree
     * @throws StoreException if the store is closed or cannot write
     */
    long grant(Duration ttl);

    /** Lets the lease live one more {@code ttl} from now. Returns false if it is gone. */
    boolean renew(long lease);

    /**
     * Ends the lease and deletes its entries, as if it had not been renewed; does nothing if it is gone. If the store
     * cannot write, the lease has ended all the same, and the entries are deleted as soon as it can.
     */
    void revoke(long lease);

    /** Stops: commits already asked for still happen, feeds end. */
    @Override
    void close();
}
