package distkv.server.stream;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.server.tree.Snapshot;
import distkv.server.tree.WatchScope;
import distkv.store.ChangeFeed;
import distkv.store.CompactedException;
import distkv.store.Store;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads from the store's history what a client that was disconnected has missed. */
public final class CatchUp {
    private CatchUp() {}

    /**
     * The newest change of each path from after {@code since} up to the snapshot, in the order of their ticks.
     *
     * @return empty if the history does not reach back that far, or {@code since} is in the future
     */
    public static Optional<List<Entry>> of(Store store, Snapshot end, long since, WatchScope scope) {
        if (since < 0 || since > end.tock()) {
            return Optional.empty();
        }
        Map<Path, Entry> newest = new LinkedHashMap<>();
        // The client may have been disconnected within a revision, unless it has seen the last possible tick of it.
        boolean whole = Revision.position(since) == Revision.MAX_WRITES - 1;
        long revision = Math.max(0, Revision.ofTick(since) - (whole ? 0 : 1));
        try (ChangeFeed feed = store.follow(revision)) {
            while (revision < end.revision()) {
                ChangeBatch batch = feed.next();
                if (batch == null || batch.revision() > end.revision()) {
                    break;
                }
                revision = batch.revision();
                for (Entry change : batch.changes()) {
                    if (change.tick() > since && scope.includes(change.path())) {
                        newest.remove(change.path());
                        newest.put(change.path(), change);
                    }
                }
            }
        } catch (CompactedException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        return Optional.of(List.copyOf(newest.values()));
    }
}
