package distkv.store;

import distkv.model.ChangeBatch;
import org.jspecify.annotations.Nullable;

/** A reader's place in the change feed. Used by one thread; {@link #close} may come from another and ends its wait. */
public interface ChangeFeed extends AutoCloseable {
    /**
     * Waits for the next batch.
     *
     * @return {@code null} when this feed is closed, or its store is and nothing is left to read in memory
     * @throws CompactedException if this reader is so far behind that the history it needs is gone: load anew
     */
    @Nullable
    ChangeBatch next() throws InterruptedException, CompactedException;

    /**
     * The next batch if it is at hand, so that a reader can do several at once. {@code null} says nothing about
     * whether there is one: ask {@link #next} then.
     */
    @Nullable
    ChangeBatch poll();

    @Override
    void close();
}
