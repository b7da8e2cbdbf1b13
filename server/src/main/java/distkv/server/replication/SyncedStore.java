package distkv.server.replication;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.model.WriteId;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.TreeContents;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store whose commits count as made only when a copy has them, too. Whoever reads may see a change before that.
 */
final class SyncedStore implements Store {
    private final Store store;
    private final SyncGate gate;

    SyncedStore(Store store, SyncGate gate) {
        this.store = store;
        this.gate = gate;
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        String refusal = gate.refusal();
        return refusal != null
                ? CompletableFuture.completedFuture(new CommitOutcome.Refused(refusal))
                : store.commit(commit)
                        .thenCompose(outcome -> outcome instanceof CommitOutcome.Committed(long revision, var _)
                                ? gate.whenCopied(revision, outcome)
                                : CompletableFuture.completedFuture(outcome));
    }

    @Override
    public String treeName() {
        return store.treeName();
    }

    @Override
    public boolean isFull() {
        return store.isFull();
    }

    @Override
    public String trouble() {
        String trouble = store.trouble();
        String refusal = gate.refusal();
        return trouble.isEmpty() && refusal != null ? refusal : trouble;
    }

    @Override
    public TreeContents load() {
        return store.load();
    }

    @Override
    public TreeContents load(long revision) throws CompactedException {
        return store.load(revision);
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        return store.follow(after);
    }

    @Override
    public Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        return store.writtenBy(writers, after);
    }

    @Override
    public CommitOutcome.Committed committed(long revision) throws CompactedException {
        return store.committed(revision);
    }

    @Override
    public @Nullable Origin origin(long tick) {
        return store.origin(tick);
    }

    @Override
    public long grant(Duration ttl) {
        return store.grant(ttl);
    }

    @Override
    public boolean renew(long lease) {
        return store.renew(lease);
    }

    @Override
    public void revoke(long lease) {
        store.revoke(lease);
    }

    @Override
    public @Nullable Replication replication() {
        return store.replication();
    }

    @Override
    public void close() {
        store.close();
    }
}
