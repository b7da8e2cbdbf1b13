package distkv.schema.error;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of a subsystem and path, kept up to date from the feed of the error prefix and from what this
 * runner has written itself. Used by the decision thread only.
 *
 * <p>There should be one record of each thing. But two nodes that find the same error at the same time write one each,
 * so all are kept: what works again settles them all. Only a job that all nodes run has one record a node: that it
 * works on one says nothing about the others.
 */
public final class ErrorIndex {
    /** Of several records of one thing the one seen first comes first, as the other implementations have it. */
    private static final Comparator<ErrorRecord> OLDEST = Comparator.<ErrorRecord>comparingDouble(
                    known -> known.number("first_seen", Double.MAX_VALUE))
            .thenComparing(ErrorRecord::record);

    private record About(String subsystem, Path path) {}

    private final int depth;
    private final @Nullable Path allJobs;
    private final String node;
    private final Map<About, TreeSet<ErrorRecord>> known = new HashMap<>();
    private final Map<Path, ErrorRecord> records = new HashMap<>();

    /** An index of the error tree below this prefix, for which no job has a record a node. */
    public ErrorIndex(Path prefix) {
        this(prefix, null, "");
    }

    /**
     * An index of the error tree below this prefix; records are two elements deeper.
     *
     * @param allJobs where the jobs are that all nodes run
     * @param node whose records of those it finds
     */
    public ErrorIndex(Path prefix, @Nullable Path allJobs, String node) {
        this.depth = prefix.length() + 2;
        this.allJobs = allJobs;
        this.node = node;
    }

    /**
     * Takes in a change of any entry below the prefix.
     *
     * @return the job that an error was or is about, or {@code null}
     */
    public @Nullable Path apply(Entry entry) {
        if (entry.path().length() != depth) {
            return null;
        }
        ErrorRecord old = records.get(entry.path());
        if (old != null && old.tick() > entry.tick()) {
            return null;
        }
        if (old != null) {
            forget(old);
        }
        ErrorRecord now = ErrorRecord.read(entry);
        if (now != null) {
            records.put(now.record(), now);
            known.computeIfAbsent(new About(now.subsystem(), now.about()), about -> new TreeSet<>(OLDEST))
                    .add(now);
        }
        ErrorRecord either = now == null ? old : now;
        return either != null && either.subsystem().equals(ErrorReport.RUN) ? either.about() : null;
    }

    private void forget(ErrorRecord old) {
        records.remove(old.record());
        known.computeIfPresent(new About(old.subsystem(), old.about()), (about, all) -> {
            all.remove(old);
            return all.isEmpty() ? null : all;
        });
    }

    private Stream<ErrorRecord> all(String subsystem, Path path) {
        TreeSet<ErrorRecord> all = known.get(new About(subsystem, path));
        return all == null ? Stream.empty() : all.stream();
    }

    /** Those that a report of this node is about. */
    private Stream<ErrorRecord> ours(String subsystem, Path path) {
        boolean each = allJobs != null && subsystem.equals(ErrorReport.RUN) && path.startsWith(allJobs);
        return all(subsystem, path).filter(each ? this::isOurs : record -> true);
    }

    private boolean isOurs(ErrorRecord record) {
        return node.equals(record.record().elements().get(depth - 2));
    }

    /** The record of this thing, resolved or not; an open one rather than one that is resolved. */
    public @Nullable ErrorRecord find(String subsystem, Path path) {
        return ours(subsystem, path)
                .filter(Predicate.not(ErrorRecord::resolved))
                .findFirst()
                .or(() -> ours(subsystem, path).findFirst())
                .orElse(null);
    }

    /** The records of open errors about this thing. */
    public List<ErrorRecord> opens(String subsystem, Path path) {
        return ours(subsystem, path)
                .filter(Predicate.not(ErrorRecord::resolved))
                .toList();
    }

    /** The same, on whatever node. */
    public List<ErrorRecord> opensAnywhere(String subsystem, Path path) {
        return all(subsystem, path).filter(Predicate.not(ErrorRecord::resolved)).toList();
    }

    /** Whether there is an open error about this thing. */
    public boolean open(String subsystem, Path path) {
        ErrorRecord found = find(subsystem, path);
        return found != null && !found.resolved();
    }

    /** Whether the tree says already what a report would. */
    public boolean says(ErrorReport.Failed failed) {
        ErrorRecord found = find(failed.subsystem(), failed.path());
        return found != null
                && !found.resolved()
                && Objects.equals(ErrorWrites.message(failed), found.fields().get("message"));
    }
}
