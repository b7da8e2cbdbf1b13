package distkv.server.session;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.store.Compacted;
import distkv.store.Contents;
import distkv.store.Feed;
import distkv.store.MemoryStore;
import distkv.store.Outcome;
import distkv.store.Store;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in memory whose change feed comes as late as a test wants it. */
final class HeldBackStore implements Store {
    final MemoryStore store = new MemoryStore("tree");

    /** How many commits were judged. */
    final Semaphore judged = new Semaphore(0);

    private final Supplier<Runnable> beforeEach;

    /** @param beforeEach of a feed: what it does before it hands on a batch */
    HeldBackStore(Supplier<Runnable> beforeEach) {
        this.beforeEach = beforeEach;
    }

    @Override
    public String tree() {
        return store.tree();
    }

    @Override
    public CompletableFuture<Outcome> commit(Commit commit) {
        CompletableFuture<Outcome> outcome = store.commit(commit);
        judged.release();
        return outcome;
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
        Feed feed = store.follow(after);
        Runnable before = beforeEach.get();
        return new Feed() {
            @Override
            public @Nullable ChangeBatch next() throws InterruptedException, Compacted {
                ChangeBatch batch = feed.next();
                before.run();
                return batch;
            }

            @Override
            public @Nullable ChangeBatch poll() {
                return null;
            }

            @Override
            public void close() {
                feed.close();
            }
        };
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
