package distkv.server.replication;

import distkv.model.Commit;
import distkv.store.CommitOutcome;
import distkv.store.ForwardingStore;
import distkv.store.Store;
import java.util.concurrent.CompletableFuture;

/**
 * A store whose commits count as made only when a copy has them, too. Whoever reads may see a change before that.
 */
final class SyncedStore extends ForwardingStore {
    private final SyncGate gate;

    SyncedStore(Store store, SyncGate gate) {
        super(store);
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
    public String trouble() {
        String trouble = store.trouble();
        String refusal = gate.refusal();
        return trouble.isEmpty() && refusal != null ? refusal : trouble;
    }
}
