package distkv.model;

/**
 * A range of levels below a path: those at least {@code min} and at most {@code max} elements below it.
 *
 * @param max {@link #UNLIMITED} for no limit
 */
public record Depths(int min, int max) {
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public static final Depths ALL = new Depths(0, UNLIMITED);
    /** The path alone. */
    public static final Depths ROOT = new Depths(0, 0);

    public Depths {
        if (min < 0) {
            throw new IllegalArgumentException("min_depth: " + min + " (expected: 0 or more)");
        }
        if (max < 0) {
            throw new IllegalArgumentException("max_depth: " + max + " (expected: 0 or more)");
        }
    }

    public boolean contains(int depth) {
        return depth >= min && depth <= max;
    }

    /** Whether a depth is below the range. */
    public boolean isBelow(int depth) {
        return depth > max;
    }

    /** The same levels, counted from a path {@code further} elements below, which must not be below the range. */
    public Depths from(int further) {
        return new Depths(Math.max(0, min - further), max == UNLIMITED ? max : max - further);
    }
}
