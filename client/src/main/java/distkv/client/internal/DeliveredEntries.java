package distkv.client.internal;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The existing entries that a watch has delivered, so that after fetching again it delivers only the difference,
 * deletions included.
 */
public final class DeliveredEntries {
    /** @param round the last fetch that contained it */
    private record Known(long tick, int round) {}

    private final Map<Path, Known> entries = new HashMap<>();
    private int round;

    /** A fetch starts. Entries that it does not contain are gone. */
    public void beginFetch() {
        round++;
    }

    /** Adds a fetched entry. Returns whether it is new or has changed. */
    public boolean fetched(Entry entry) {
        Known before = entries.put(entry.path(), new Known(entry.tick(), round));
        return before == null || before.tick() != entry.tick();
    }

    /** Applies a change. */
    public void changed(Entry entry) {
        if (entry.isDeletion()) {
            entries.remove(entry.path());
        } else {
            entries.put(entry.path(), new Known(entry.tick(), round));
        }
    }

    @Nullable
    public Long tick(Path path) {
        Known known = entries.get(path);
        return known == null ? null : known.tick();
    }

    /**
     * The fetch has ended. Removes the entries that it did not contain, and returns them as deletions at {@code tick}.
     */
    public List<Entry> endFetch(long tick) {
        List<Entry> gone = new ArrayList<>();
        entries.forEach((path, known) -> {
            if (known.round() != round) {
                gone.add(new Entry(path, null, tick, 0));
            }
        });
        gone.forEach(entry -> entries.remove(entry.path()));
        return gone;
    }
}
