package distkv.server.session;

import distkv.protocol.FrameLimits;

/**
 * How a server shares out its heap, so that it is never used up: what would take more is refused, or whoever holds most
 * loses it. What is not given to anybody here is for the store's newest history, for what is under way, and for the
 * garbage collector.
 *
 * @param tree for the entries: beyond this, writes that make it grow are refused
 * @param connections for messages that have not arrived as a whole, writes on their way, and replies that are not read
 * @param streams for what waits for the readers of watches and monitors, and what old trees hold that are being read
 */
public record MemoryLimits(long tree, long connections, long streams) {
    private static final int TREE_PERCENT = 45;
    private static final int CONNECTIONS_PERCENT = 20;
    private static final int STREAMS_PERCENT = 10;

    /** The largest message may take such a part of the heap: a few of each connection's must fit into its share. */
    private static final int MESSAGE_PART = 60;

    /** A session's own entries go with it, so a little is kept for them: this part of what the tree may take. */
    private static final int RESERVE_PART = 16;

    /** The shares of a heap of so many bytes. */
    public static MemoryLimits ofHeap(long bytes) {
        return new MemoryLimits(bytes / 100 * TREE_PERCENT, bytes / 100 * CONNECTIONS_PERCENT, bytes / 100 * STREAMS_PERCENT);
    }

    /** Those of this process. */
    public static MemoryLimits ofThisProcess() {
        return ofHeap(Runtime.getRuntime().maxMemory());
    }

    /** The limits of messages, made smaller if the memory is small. */
    public FrameLimits limits(FrameLimits wanted) {
        long most = Math.max(64 * 1024, connections / CONNECTIONS_PERCENT * 100 / MESSAGE_PART);
        return new FrameLimits((int) Math.min(wanted.maxSize(), most), wanted.maxDepth());
    }

    /** What the tree may take in all, with what belongs to sessions. */
    long treeWithReserve() {
        return tree + tree / RESERVE_PART;
    }
}
