package distkv.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes that happen together or not at all, and the guards that must hold when they do: at most
 * {@value Revision#MAX_WRITES} writes, no two of the same path.
 *
 * @param id the request that it is made for; {@code null} if its outcome will not be asked for later
 * @param origin who makes it and why; {@code null} if nobody says
 */
public record Commit(
        List<Write> writes,
        List<Guard> guards,
        @Nullable WriteId id,
        @Nullable Origin origin) {
    public Commit {
        writes = List.copyOf(writes);
        guards = List.copyOf(guards);
        if (writes.isEmpty() || writes.size() > Revision.MAX_WRITES) {
            throw new IllegalArgumentException(
                    "commit of " + writes.size() + " writes (expected: 1 to " + Revision.MAX_WRITES + ")");
        }
        if (writes.size() > 1) {
            Set<Path> paths = new HashSet<>();
            for (Write write : writes) {
                if (!paths.add(write.path())) {
                    throw new IllegalArgumentException(
                            "commit writes " + write.path().brief() + " twice (expected: once)");
                }
            }
        }
    }

    /** A commit without an origin. */
    public Commit(List<Write> writes, List<Guard> guards, @Nullable WriteId id) {
        this(writes, guards, id, null);
    }

    /** A commit without an id and an origin. */
    public Commit(List<Write> writes, List<Guard> guards) {
        this(writes, guards, null);
    }

    /** The same commit, made by this origin. */
    public Commit from(@Nullable Origin newOrigin) {
        return new Commit(writes, guards, id, newOrigin);
    }

    /** A commit of one write, without guards. */
    public static Commit of(Write write) {
        return new Commit(List.of(write), List.of());
    }
}
