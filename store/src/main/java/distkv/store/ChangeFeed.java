package distkv.store;

import distkv.model.ChangeBatch;
import org.jspecify.annotations.Nullable;

/** A reader's position in the changes of a store. Used by one thread; {@link #close} may come from another. */
public interface ChangeFeed extends AutoCloseable {
    /**
     * Waits for the next batch.
     *
     * @return {@code null} when the feed is closed, or when its store is and nothing is left to read in memory
     * @throws CompactedException if this reader is so far behind that the history it needs is gone: load again
     */
    @Nullable
    ChangeBatch next() throws InterruptedException, CompactedException;

    /**
     * The next batch if it is in memory, so that a reader can handle several at once. {@code null} does not mean that
     * there is none: {@link #next} tells.
     */
    @Nullable
    ChangeBatch poll();

    @Override
    void close();
}
