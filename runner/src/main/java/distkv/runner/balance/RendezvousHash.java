package distkv.runner.balance;

import distkv.model.Path;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The order of the nodes for each job, by rendezvous hashing: every node works out the same one, each job has another,
 * and a node that comes or goes changes nothing in the order of the others.
 */
public final class RendezvousHash {
    private RendezvousHash() {}

    /** What is kept of a job for {@link #key}. */
    static int checksum(Path job) {
        CRC32C sum = new CRC32C();
        sum.update(job.key());
        return (int) sum.getValue();
    }

    /** The part of a job with this checksum in the hash. */
    static long key(int checksum) {
        return spread(Integer.toUnsignedLong(checksum));
    }

    /** The part of the job in the hash. */
    public static long hash(Path job) {
        return key(checksum(job));
    }

    /** The part of the node in the hash. */
    public static long hash(String node) {
        CRC32C sum = new CRC32C();
        sum.update(node.getBytes(StandardCharsets.UTF_8));
        return spread(sum.getValue() + (1L << 32));
    }

    /** The score of a node for a job, from 0 to 1: the node with the greatest score comes first. */
    public static double score(long job, long node) {
        return bits(job, node) * 0x1p-53;
    }

    /** The same as a number of 53 bits. */
    static long bits(long job, long node) {
        return spread(job ^ node) >>> 11;
    }

    /** The same for a node that bears more, or less, than the others: it comes first more, or less, often. */
    public static double score(long job, long node, double capacity) {
        return -capacity / Math.log(Math.max(score(job, node), Double.MIN_NORMAL));
    }

    /** A checksum of texts that differ little differs little; this spreads it. */
    private static long spread(long bits) {
        long mixed = bits * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 32);
    }
}
