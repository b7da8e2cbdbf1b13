package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.CopyBatch;
import distkv.store.engine.TaskQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task for the {@link StoreWriter}. */
sealed interface WriterTask extends TaskQueue.Queued {
    record Apply(Commit commit, CompletableFuture<CommitOutcome> answer) implements WriterTask {}

    record GrantLease(Duration ttl, CompletableFuture<Long> answer) implements WriterTask {}

    /**
     * The end of a lease.
     *
     * @param evenIfAlive false: the lease seems to have expired, but a renewal may have been faster
     */
    record EndLease(long lease, boolean evenIfAlive, CompletableFuture<Boolean> answer) implements WriterTask {}

    /**
     * Drops some superseded rows, even if nothing is written.
     *
     * @param answer whether that succeeded
     */
    record DropRows(CompletableFuture<Boolean> answer) implements WriterTask {}

    /** Most of the write-ahead log is copied, or the file can no longer be trusted. */
    record Checkpointed(CommitOutcome.@Nullable Unknown failure) implements WriterTask {}

    /**
     * What the store has that this is a copy of.
     *
     * @param commits complete ones
     * @param answer the newest revision, when all of it is durable
     */
    record Append(CopyBatch batch, List<List<CopyBatch.Row>> commits, CompletableFuture<Long> answer)
            implements WriterTask {}

    /** Keeps a fact beside the tree. */
    record Note(String name, String value, CompletableFuture<Boolean> answer) implements WriterTask {}

    record Read(CompletableFuture<View> answer) implements WriterTask {}

    /** All entries at the newest revision, in no order. */
    record View(long revision, Entry[] entries) {}

    @Override
    default long bytes() {
        long bytes = 100;
        if (this instanceof Apply(Commit commit, var answer)) {
            for (Write write : commit.writes()) {
                bytes += write.path().key().length
                        + (write.value() == null ? 0 : write.value().size());
            }
        }
        if (this instanceof Append(var batch, var commits, var answer)) {
            for (List<CopyBatch.Row> commit : commits) {
                for (CopyBatch.Row row : commit) {
                    Value value = row.entry().value();
                    bytes += ChangeRows.OVERHEAD + row.entry().path().key().length + (value == null ? 0 : value.size());
                }
            }
        }
        return bytes;
    }
}
