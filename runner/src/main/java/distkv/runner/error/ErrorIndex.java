package distkv.runner.error;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the record of a subsystem and path, kept up to date from the feed of the error prefix and from what this
 * runner has written itself. Used by the decision thread only.
 */
public final class ErrorIndex {
    private record About(String subsystem, Path path) {}

    private final int depth;
    private final Map<About, Known> known = new HashMap<>();
    private final Map<Path, About> records = new HashMap<>();

    /** An index of the error tree below this prefix; records are two elements deeper. */
    public ErrorIndex(Path prefix) {
        this.depth = prefix.length() + 2;
    }

    /** Takes in a change of any entry below the prefix. */
    public void apply(Entry entry) {
        if (entry.path().length() != depth) {
            return;
        }
        About before = records.get(entry.path());
        Known old = before == null ? null : known.get(before);
        if (old != null && old.record().equals(entry.path())) {
            if (old.tick() > entry.tick()) {
                return;
            }
            known.remove(before);
        }
        Known now = Known.read(entry);
        if (now == null) {
            records.remove(entry.path());
            return;
        }
        About about = new About(now.subsystem(), now.about());
        records.put(entry.path(), about);
        known.merge(about, now, ErrorIndex::keep);
    }

    /** Of two records of one thing the one seen first stays, as the other implementations have it. */
    private static Known keep(Known one, Known other) {
        double first = one.number("first_seen", Double.MAX_VALUE);
        double second = other.number("first_seen", Double.MAX_VALUE);
        if (first != second) {
            return first < second ? one : other;
        }
        return one.record().compareTo(other.record()) < 0 ? one : other;
    }

    /** The record of this thing, resolved or not. */
    public @Nullable Known find(String subsystem, Path path) {
        return known.get(new About(subsystem, path));
    }

    /** Whether there is an open error about this thing. */
    public boolean open(String subsystem, Path path) {
        Known found = find(subsystem, path);
        return found != null && !found.resolved();
    }

    /** Whether the tree says already what a report would. */
    public boolean says(Report.Failed failed) {
        Known found = find(failed.subsystem(), failed.path());
        return found != null
                && !found.resolved()
                && Objects.equals(ErrorWrites.message(failed), found.fields().get("message"));
    }
}
