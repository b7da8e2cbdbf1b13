package distkv.store.etcd;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.engine.TaskQueue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A task for the {@link EtcdWriter}. */
sealed interface EtcdTask extends TaskQueue.Queued {
    record Apply(Commit commit, CompletableFuture<CommitOutcome> answer) implements EtcdTask {}

    record GrantLease(Duration ttl, CompletableFuture<Long> answer) implements EtcdTask {}

    /**
     * The end of a lease.
     *
     * @param evenIfAlive false: the lease seems to have expired, but a renewal may have been faster
     */
    record EndLease(long lease, boolean evenIfAlive, CompletableFuture<Boolean> answer) implements EtcdTask {}

    /** This server looks after a lease from now on, if there still is one. */
    record TakeLease(long lease, CompletableFuture<Boolean> answer) implements EtcdTask {}

    /** This server looks after the leases of servers that are gone, unless another one was faster. */
    record TakeOver() implements EtcdTask {}

    /** The watch tells of a record. */
    record Recorded(long number, byte[] record) implements EtcdTask {}

    /** There may be records that the watch does not tell of, or etcd may answer again. */
    record CatchUp() implements EtcdTask {}

    record Read(CompletableFuture<LogSnapshot.Contents> answer) implements EtcdTask {}

    /** Who has made a change that is not among the recent ones. */
    record ReadOrigin(long tick, CompletableFuture<@Nullable Origin> answer) implements EtcdTask {}

    @Override
    default long bytes() {
        long bytes = 100;
        if (this instanceof Apply(Commit commit, var _)) {
            for (Write write : commit.writes()) {
                Value value = write.value();
                bytes += write.path().key().length + (value == null ? 0 : value.size());
            }
        }
        return this instanceof Recorded(var _, byte[] record) ? bytes + record.length : bytes;
    }
}
