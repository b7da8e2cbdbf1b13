package distkv.server;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.model.WriteId;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Store;
import distkv.store.TreeContents;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store that does what another one does, but for what a test has it do otherwise. */
abstract class ForwardingStore implements Store {
    final Store store;

    ForwardingStore(Store store) {
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
    public void close() {
        store.close();
    }
}
