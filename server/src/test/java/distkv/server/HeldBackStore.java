package distkv.server;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.ForwardingStore;
import distkv.store.engine.MemoryStore;
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
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        CompletableFuture<CommitOutcome> outcome = store.commit(commit);
        judged.release();
        return outcome;
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        ChangeFeed feed = store.follow(after);
        Runnable before = beforeEach.get();
        return new ChangeFeed() {
            @Override
            public @Nullable ChangeBatch next() throws InterruptedException, CompactedException {
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
