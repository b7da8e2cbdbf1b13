package distkv.runner.group;

import distkv.model.Path;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Whose turn it is to take a job that any node may run. Every node ranks all nodes for every job in the same way, by a
 * hash of both; the first takes the job at once, the others a little later each, should it still be there. So they
 * share the jobs evenly without talking, seldom want the same one, and none waits long for a node that is gone.
 */
public final class Turn {
    /** How much longer the next in rank waits, in seconds. */
    public static final double STEP = 0.1;

    private Turn() {}

    /** How many of these nodes come before this one, for that job. */
    public static int rank(Path job, String me, List<String> nodes) {
        long mine = weight(job, me);
        int before = 0;
        for (String node : nodes) {
            long weight = weight(job, node);
            if (!node.equals(me) && (weight > mine || (weight == mine && node.compareTo(me) < 0))) {
                before++;
            }
        }
        return before;
    }

    private static long weight(Path job, String node) {
        CRC32C sum = new CRC32C();
        sum.update(job.key());
        sum.update(node.getBytes(StandardCharsets.UTF_8));
        return mix(sum.getValue());
    }

    /** A checksum of texts that differ little differs little; this spreads it. */
    private static long mix(long bits) {
        long mixed = bits * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return (mixed ^ (mixed >>> 32)) & Long.MAX_VALUE;
    }
}
