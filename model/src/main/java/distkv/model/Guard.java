package distkv.model;

/**
 * A fence: the commit it belongs to only happens while the entry at {@code path} is the one that {@code tick} wrote.
 * The path need not be written by the commit.
 */
public record Guard(Path path, long tick) {
    /** How the path of a claim on standby ends: what such a claim guards is never written ({@code docs/protocol.md}). */
    public static final String STANDBY = ".standby";

    private static final Path STANDBYS = Path.of(STANDBY);

    /** Whether it is a claim on standby. */
    public boolean isStandby() {
        return path.endsWith(STANDBYS);
    }
}
