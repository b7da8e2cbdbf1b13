package distkv.protocol;

/** Which entries of a subtree are meant, by how many elements they are below its root: {@code min} to {@code max}. */
public record Depths(int min, int max) {
    public static final Depths ALL = new Depths(0, Integer.MAX_VALUE);
    /** The subtree's root alone. */
    public static final Depths ROOT = new Depths(0, 0);

    public boolean contains(int depth) {
        return depth >= min && depth <= max;
    }
}
