package distkv.server.tree;

/**
 * Which entries below a path are meant: those at least {@code min} and at most {@code max} elements below it.
 *
 * @param max −1 for no limit
 */
public record Depths(int min, int max) {
    public static final Depths ALL = new Depths(0, -1);

    public Depths {
        if (min < 0) {
            throw new IllegalArgumentException("min_depth: " + min + " (expected: 0 or more)");
        }
        if (max < -1) {
            throw new IllegalArgumentException("max_depth: " + max + " (expected: -1 or more)");
        }
    }

    public boolean include(int depth) {
        return depth >= min && !isBelow(depth);
    }

    /** The same entries, counted from {@code further} elements below, which must not be below the lowest of them. */
    Depths from(int further) {
        return new Depths(Math.max(0, min - further), max < 0 ? max : max - further);
    }

    /** Whether a depth is below the lowest one. */
    boolean isBelow(int depth) {
        return max >= 0 && depth > max;
    }
}
