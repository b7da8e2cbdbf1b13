package distkv.store;

/** The history no longer reaches back to the requested revision. */
public final class CompactedException extends Exception {
    private static final long serialVersionUID = 1;
    private final long oldest;

    public CompactedException(long requested, long oldest) {
        super("revision " + requested + " is compacted (expected: " + oldest + " or later)");
        this.oldest = oldest;
    }

    /** The oldest revision that can still be read. */
    public long oldest() {
        return oldest;
    }
}
