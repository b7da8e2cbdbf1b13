package distkv.model;

/**
 * Positions in the order of all changes. A <em>revision</em> counts commits, from 1; a <em>tick</em> identifies one write by
 * its commit's revision and its position in that commit. Chains and {@code tock} on the wire carry ticks.
 */
public final class Revision {
    /** The most writes that one commit may have. */
    public static final int MAX_WRITES = 256;

    private Revision() {}

    /** The tick of the write at {@code position} (0 to {@value #MAX_WRITES} − 1) of the commit {@code revision}. */
    public static long tick(long revision, int position) {
        return revision * MAX_WRITES + position;
    }

    /** The revision a tick belongs to. */
    public static long ofTick(long tick) {
        return tick / MAX_WRITES;
    }

    /** The position of a tick within its commit. */
    public static int position(long tick) {
        return (int) (tick % MAX_WRITES);
    }
}
