package distkv.store;

import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of what makes a copy of a store the same as the store: to be applied whole, in the order of its components.
 *
 * @param granted leases by their ids; some may be known already
 * @param rows changes in the order of their ticks; those of one commit may be spread over several batches
 * @param ended leases whose entries are deleted by what came until now
 * @param isAll whether {@code granted} are all leases that there are, so that all others have ended
 * @param upTo the revision up to which the copy has everything with this batch; rows of later ones are incomplete
 * @param newest the store's newest revision when this was read
 */
public record CopyBatch(
        Map<Long, Duration> granted, List<Row> rows, List<Long> ended, boolean isAll, long upTo, long newest) {
    /**
     * A change as the store keeps it.
     *
     * @param entry without {@link Entry#by}, which follows from the origin
     * @param replaces the tick of the entry that it replaced; 0 if there was none
     * @param id the request that the commit was made for, in its first change
     */
    public record Row(
            Entry entry,
            long replaces,
            @Nullable WriteId id,
            @Nullable Origin origin) {}
}
