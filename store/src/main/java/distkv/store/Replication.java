package distkv.store;

import distkv.model.Epochs;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a store has copies, and is one: for an engine that keeps a tree in a file of its own. A copy has the same revisions,
 * and refuses commits and leases of its own.
 */
public interface Replication {
    /** A fact ({@link #note}) of a promoted copy: the address of the former main server, until that is of this epoch. */
    String FORMER = "former";

    /** A fact of a copy: the address of the server that it follows. A store with this fact is a copy. */
    String MAIN = "main";

    /** A fact of a store that is not the main one any more: the seal of the newer epochs. */
    String SUPERSEDED = "superseded";

    /** The epochs of the tree, as this store knows them. */
    Epochs epochs();

    /** Their seal. */
    String seal();

    /** The epochs in a seal; {@code null} if it is not one of this tree. */
    @Nullable
    Epochs unseal(String seal);

    /** Something that is kept beside the tree; "" if it is not there. */
    String fact(String name);

    /** Keeps a fact, durably. */
    void note(String name, String value);

    /** Whether this is a copy. */
    default boolean isCopy() {
        return !fact(MAIN).isEmpty();
    }

    /**
     * What a copy needs that has everything up to a revision, or that has nothing.
     *
     * @param after -1 for a full copy
     * @param resume what {@link CopyFeed.Start} has said to a full copy that was broken off; "" for none. If it is still
     *     valid, the copy goes on after {@code tick}
     * @throws CompactedException if the history does not reach back that far
     * @throws IllegalArgumentException if there is no such revision yet
     */
    CopyFeed feed(long after, String resume, long tick) throws CompactedException;

    /**
     * Applies a batch to a copy.
     *
     * @return the revision that is durable then; it fails with a {@link StoreException} if the batch does not follow what
     *     is there
     */
    CompletableFuture<Long> append(CopyBatch batch);

    /** A feed has broken off; the next one begins after the newest revision. */
    void feedBroken();
}
