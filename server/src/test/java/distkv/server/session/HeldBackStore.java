package distkv.server.session;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.store.Compacted;
import distkv.store.Feed;
import distkv.store.MemoryStore;
import distkv.store.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in memory whose change feed comes as late as a test wants it. */
final class HeldBackStore extends ForwardingStore {
    /** How many commits were judged. */
    final Semaphore judged = new Semaphore(0);

    private final Supplier<Runnable> beforeEach;

    /** @param beforeEach of a feed: what it does before it hands on a batch */
    HeldBackStore(Supplier<Runnable> beforeEach) {
        super(new MemoryStore("tree"));
        this.beforeEach = beforeEach;
    }

    @Override
    public CompletableFuture<Outcome> commit(Commit commit) {
        CompletableFuture<Outcome> outcome = store.commit(commit);
        judged.release();
        return outcome;
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
}
