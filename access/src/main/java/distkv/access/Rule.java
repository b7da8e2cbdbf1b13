package distkv.access;

import distkv.access.Zones.Zone;
import distkv.model.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Allows these rights at the paths of a pattern.
 *
 * @param limit only at this path and below it
 */
public record Rule(PathPattern pattern, Set<Right> rights, Path limit) {
    public Rule {
        if (rights.isEmpty()) {
            throw new IllegalArgumentException("rule: " + pattern + " (expected: one right or more)");
        }
        rights = Set.copyOf(rights);
    }

    public Rule(PathPattern pattern, Set<Right> rights) {
        this(pattern, rights, Path.ROOT);
    }

    static Rule of(PathPattern pattern, Right first, Right... others) {
        return new Rule(pattern, EnumSet.of(first, others));
    }

    /** This rule, for a path and what is below it. */
    Rule within(Path top) {
        // Of two limits that are not within each other nothing is left: no path is below both.
        return limit.startsWith(top) ? this : new Rule(pattern, rights, top.startsWith(limit) ? top : NOWHERE);
    }

    private static final Path NOWHERE = Zones.INTERNAL.child("nowhere");

    boolean allows(Right right, Path path, Zone zone) {
        return rights.contains(right) && reaches(zone) && path.startsWith(limit) && pattern.matches(path);
    }

    boolean allowsBelow(Right right, Path top, Zone zone) {
        return rights.contains(right) && reaches(zone) && top.startsWith(limit) && pattern.matchesBelow(top);
    }

    boolean allowsTopics(Right right, PathPattern topics) {
        return rights.contains(right) && topics.isBelow(limit) && pattern.covers(topics);
    }

    /** This rule with no other rights than these; empty if none are left. */
    Optional<Rule> only(Set<Right> kept) {
        Set<Right> left = EnumSet.noneOf(Right.class);
        left.addAll(rights);
        left.retainAll(kept);
        return left.isEmpty() ? Optional.empty() : Optional.of(new Rule(pattern, left, limit));
    }

    /** Whether this rule allows a right wherever another one does. */
    boolean covers(Right right, Rule other, Zones zones) {
        return rights.contains(right)
                && pattern.covers(other.pattern)
                && (other.limit.startsWith(limit) || other.pattern.isBelow(limit))
                && (!pattern.beginsWithWildcard()
                        || other.pattern.beginsWithWildcard()
                        || !zones.hasSystemPath(other.pattern));
    }

    private boolean reaches(Zone zone) {
        return zone == Zone.DATA || !pattern.beginsWithWildcard();
    }

    /** As {@code read, write at room.#}. */
    @Override
    public String toString() {
        return Right.words(rights) + " at " + pattern + (limit.isRoot() ? "" : ", within " + limit);
    }
}
