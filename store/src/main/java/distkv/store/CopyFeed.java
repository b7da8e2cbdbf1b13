package distkv.store;

import java.time.Duration;
import java.util.Map;

/** What the copy of a store is made from, and kept up to date with. Used by one thread. */
public interface CopyFeed extends AutoCloseable {
    /**
     * How a copy begins.
     *
     * @param full whether the copy begins with nothing, or goes on with what it has got of a full copy; otherwise it has
     *     all that there is up to a revision
     * @param facts what the store keeps beside entries and leases, by name
     * @param resume what to say to go on with a full copy that was broken off
     */
    record Start(boolean full, Map<String, String> facts, String resume) {}

    Start start();

    /**
     * Waits for the next batch; one without changes says that there was nothing new for that long.
     *
     * @throws CompactedException if what the copy needs is gone: begin with a full copy
     * @throws StoreException if the store is closed or cannot be read
     */
    CopyBatch next(Duration timeout) throws InterruptedException, CompactedException;

    @Override
    void close();
}
