package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Write;
import distkv.store.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is asked of the {@link Writer}. */
sealed interface Task {
    record Ask(Commit commit, CompletableFuture<Outcome> answer) implements Task {}

    record Grant(Duration ttl, CompletableFuture<Long> answer) implements Task {}

    /**
     * The end of a lease.
     *
     * @param evenIfAlive false: the lease seemed to have run out, but a renewal may have been faster
     */
    record End(long lease, boolean evenIfAlive, CompletableFuture<Boolean> answer) implements Task {}

    /**
     * Some superseded rows are to be dropped, even if nobody writes.
     *
     * @param answer whether it worked
     */
    record Compact(CompletableFuture<Boolean> answer) implements Task {}

    /** Most of the write-ahead log is copied, or the file is no longer to be trusted. */
    record Copied(Outcome.@Nullable Unknown failure) implements Task {}

    record Look(CompletableFuture<View> answer) implements Task {}

    /** All entries at the newest revision, in no order. */
    record View(long revision, Entry[] entries) {}

    /** About how many bytes it holds. */
    default long bytes() {
        long bytes = 100;
        if (this instanceof Ask(Commit commit, var answer)) {
            for (Write write : commit.writes()) {
                bytes += write.path().key().length
                        + (write.value() == null ? 0 : write.value().size());
            }
        }
        return bytes;
    }
}
