package distkv.schema.job;

import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which job it is, as the path of its entry, its states and its claims tells.
 *
 * @param node for {@link Kind#AT}: the job's node; for {@link Kind#ALL}: the node whose state or claim it is, "" in the
 *     address of the job itself; else ""
 * @param name what users call it
 */
public record JobAddress(Kind kind, String group, String node, Path name) {
    /** Reads the path of a job's entry below the prefix of jobs; {@code null} if there can be none. */
    public static @Nullable JobAddress ofEntry(Path below) {
        return read(below, false);
    }

    /** Reads the path of a state or claim below its prefix; {@code null} if there can be none. */
    public static @Nullable JobAddress ofState(Path below) {
        return read(below, true);
    }

    private static @Nullable JobAddress read(Path below, boolean isState) {
        List<Object> elements = below.elements();
        Kind kind = elements.isEmpty() ? null : Kind.find(elements.getFirst());
        if (kind == null) {
            return null;
        }
        boolean hasNode = kind == Kind.AT || (kind == Kind.ALL && isState);
        int length = hasNode ? 3 : 2;
        if (elements.size() <= length) {
            return null;
        }
        String first = String.valueOf(elements.get(1));
        String second = hasNode ? String.valueOf(elements.get(2)) : "";
        return kind == Kind.AT
                ? new JobAddress(kind, second, first, below.tail(length))
                : new JobAddress(kind, first, second, below.tail(length));
    }

    /** The address of the job, without the node of one of its states. */
    public JobAddress job() {
        return kind == Kind.ALL ? new JobAddress(kind, group, "", name) : this;
    }

    /** Where the job's entry is. */
    public Path entry(Path prefix) {
        return kind.entries(prefix, group, node).append(name);
    }

    /** Where the state, or the claim, of this job is: for {@link Kind#ALL} that of this node. */
    public Path state(Path prefix, String on) {
        return kind.states(prefix, group, kind == Kind.AT ? node : on).append(name);
    }
}
