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

/** A store that does what another one does, but for what is done otherwise in a class that extends it. */
public abstract class ForwardingStore implements Store {
    protected final Store store;

    protected ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public String treeName() {
        return store.treeName();
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        return store.commit(commit);
    }

    @Override
    public boolean isFull() {
        return store.isFull();
    }

    @Override
    public String trouble() {
        return store.trouble();
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
