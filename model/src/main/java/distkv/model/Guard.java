package distkv.model;

/**
 * A fence: its commit happens only while the entry at {@code path} is the one that {@code tick} wrote. The commit need
 * not write that path.
 *
 * @param standby whether the entry is a claim on standby: what such a claim guards is never written
 *     ({@code docs/protocol.md})
 */
public record Guard(Path path, long tick, boolean standby) {
    /** The last element of the path of a claim on standby, as it is stored and sent. */
    public static final String STANDBY = ".standby";

    private static final Path STANDBYS = Path.of(STANDBY);

    /** A guard that is not on standby. */
    public Guard(Path path, long tick) {
        this(path, tick, false);
    }

    /** The guard that the complete path of an entry means: the only place where a path tells a claim on standby. */
    public static Guard of(Path path, long tick) {
        return new Guard(path, tick, path.endsWith(STANDBYS));
    }
}
