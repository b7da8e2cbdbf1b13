package distkv.client;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a watch has delivered and is still there, so that after a fetch anew only the difference is delivered, deletions
 * included. Used by the watch's reader.
 */
final class DeliveredEntries {
    /** @param round the fetch that saw it last */
    private record Known(long tick, int round) {}

    private final Map<Path, Known> entries = new HashMap<>();
    private int round;

    /** A fetch begins: what it does not show is gone. */
    void beginFetch() {
        round++;
    }

    /** Takes a fetched entry. Returns whether it is news: not known, or written since. */
    boolean fetched(Entry entry) {
        Known before = entries.put(entry.path(), new Known(entry.tick(), round));
        return before == null || before.tick() != entry.tick();
    }

    /** Takes a change. */
    void changed(Entry entry) {
        if (entry.isDeletion()) {
            entries.remove(entry.path());
        } else {
            entries.put(entry.path(), new Known(entry.tick(), round));
        }
    }

    @Nullable
    Long tick(Path path) {
        Known known = entries.get(path);
        return known == null ? null : known.tick();
    }

    /** The fetch has ended: forgets and returns what it did not show, as deletions at {@code tick}. */
    List<Entry> endFetch(long tick) {
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
