package distkv.server.session;

import distkv.model.Commit;
import distkv.model.WriteId;
import distkv.store.Compacted;
import distkv.store.Contents;
import distkv.store.Feed;
import distkv.store.Outcome;
import distkv.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A store that does what another one does, but for what a test has it do otherwise. */
abstract class ForwardingStore implements Store {
    final Store store;

    ForwardingStore(Store store) {
        this.store = store;
    }

    @Override
    public String tree() {
        return store.tree();
    }

    @Override
    public CompletableFuture<Outcome> commit(Commit commit) {
        return store.commit(commit);
    }

    @Override
    public Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws Compacted {
        return store.writtenBy(writers, after);
    }

    @Override
    public Outcome.Committed committed(long revision) throws Compacted {
        return store.committed(revision);
    }

    @Override
    public Contents load() {
        return store.load();
    }

    @Override
    public Contents load(long revision) throws Compacted {
        return store.load(revision);
    }

    @Override
    public Feed follow(long after) throws Compacted {
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
