package distkv.server.net;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Buffers for TLS records, which a connection has only while it holds a part of a record: thousands of idle connections
 * then hold none. The pool keeps a few for reuse; more are made when they are asked for, and dropped afterwards.
 */
final class BufferPool {
    private static final int KEPT = 64;

    private final int size;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

    /** @param size of each buffer, in bytes */
    BufferPool(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    /** An empty buffer. */
    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? ByteBuffer.allocate(size) : buffer;
    }

    /** Takes back a buffer that nobody uses any more. */
    void give(ByteBuffer buffer) {
        // If the pool is full, the collector has it.
        var _ = free.offer(buffer.clear());
    }
}
