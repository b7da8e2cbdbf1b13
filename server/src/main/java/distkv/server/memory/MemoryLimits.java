package distkv.server.memory;

import distkv.protocol.FrameLimits;

/**
 * How a server divides its heap, in bytes, so that the heap is never exhausted: what would exceed a limit is refused, or
 * taken from whoever uses most. What is not assigned here is left for the store's newest history, for requests in progress
 * and for the garbage collector.
 *
 * @param tree for the entries: writes that would make the tree grow beyond this are refused
 * @param connections for incomplete messages, pending writes and unread replies
 * @param streams for what waits for the readers of watches and monitors, and for old snapshots that are being read
 */
public record MemoryLimits(long tree, long connections, long streams) {
    private static final int TREE_PERCENT = 45;
    private static final int CONNECTIONS_PERCENT = 20;
    private static final int STREAMS_PERCENT = 10;

    /** The largest message may take this part of the heap: a few must fit into each connection's share. */
    private static final int MESSAGE_PART = 60;

    /** The entries of sessions are temporary, so they may exceed the limit of the tree by this part of it. */
    private static final int RESERVE_PART = 16;

    /** The limits for a heap of this many bytes. */
    public static MemoryLimits ofHeap(long bytes) {
        return new MemoryLimits(
                bytes / 100 * TREE_PERCENT, bytes / 100 * CONNECTIONS_PERCENT, bytes / 100 * STREAMS_PERCENT);
    }

    /** The limits for the heap of this process. */
    public static MemoryLimits ofThisProcess() {
        return ofHeap(Runtime.getRuntime().maxMemory());
    }

    /** The limits of messages, lowered if the heap is small. */
    public FrameLimits limits(FrameLimits wanted) {
        long most = Math.max(64 * 1024, connections / CONNECTIONS_PERCENT * 100 / MESSAGE_PART);
        return new FrameLimits((int) Math.min(wanted.maxSize(), most), wanted.maxDepth());
    }

    /** What the tree may take with the entries of sessions. */
    public long treeWithReserve() {
        return tree + tree / RESERVE_PART;
    }
}
