package distkv.runner.group;

import distkv.model.Path;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Who comes first for a job that any node may run. Every node orders all nodes for every job in the same way, by a hash
 * of both; the first takes the job at once, the others a little later each, should it still be there. So they share the
 * jobs without talking, seldom want the same one, and none waits long for a node that is gone.
 */
public final class Turn {
    /** How much longer the next one waits, in seconds. */
    public static final double STEP = 0.1;

    private Turn() {}

    /** The part of the job in the hash. */
    public static long hash(Path job) {
        CRC32C sum = new CRC32C();
        sum.update(job.key());
        return spread(sum.getValue());
    }

    /** The part of the node in the hash. */
    public static long hash(String node) {
        CRC32C sum = new CRC32C();
        sum.update(node.getBytes(StandardCharsets.UTF_8));
        return spread(sum.getValue() + (1L << 32));
    }

    /** How much a job is drawn to a node, from 0 to 1: the node with the greatest draw comes first. */
    public static double draw(long job, long node) {
        return (spread(job ^ node) >>> 11) * 0x1p-53;
    }

    /** The same for a node that bears more, or less, than the others: it comes first more, or less, often. */
    public static double draw(long job, long node, double capacity) {
        return -capacity / Math.log(Math.max(draw(job, node), Double.MIN_NORMAL));
    }

    /** A checksum of texts that differ little differs little; this spreads it. */
    private static long spread(long bits) {
        long mixed = bits * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
