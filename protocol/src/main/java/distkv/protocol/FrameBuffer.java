package distkv.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that have arrived on a connection, cut into frames. Memory grows only with bytes that have arrived, never
 * with what a length claims. Used by one thread at a time.
 */
public final class FrameBuffer {
    private static final int INITIAL = 8 * 1024;

    /** The most that is read at once: the virtual machine keeps a copy of this size for each thread. */
    private static final int MOST = 64 * 1024;

    private final FrameScanner scanner;
    private byte[] buffer = new byte[INITIAL];
    /** The frame being read begins at {@code from}; bytes up to {@code to} have arrived. */
    private int from;

    private int to;

    public FrameBuffer(FrameLimits limits) {
        this.scanner = new FrameScanner(limits);
    }

    /**
     * The next frame, {@code null} if not all of it has arrived. It is valid until the buffer is filled again.
     *
     * @throws ProtocolException if the bytes are no frame, or one beyond the limits; nothing more can be read then
     */
    public @Nullable Frame next() {
        if (!scanner.scan(buffer, from, to)) {
            return null;
        }
        Frame frame = new Frame(buffer, from, from + scanner.seen());
        from = frame.to();
        scanner.start();
        return frame;
    }

    /** Whether {@link #next} would return a frame, or throw. */
    public boolean ready() {
        try {
            return scanner.scan(buffer, from, to);
        } catch (ProtocolException e) {
            // The scanner has not moved, so next() finds the same fault and throws.
            return true;
        }
    }

    /** How many bytes of memory it takes beyond those that every connection has. */
    public int extra() {
        return buffer.length - INITIAL;
    }

    /** Gives memory back that a large frame took, if nothing of the next has arrived. */
    public void trim() {
        if (from == to && buffer.length > 8 * INITIAL) {
            buffer = new byte[INITIAL];
            from = 0;
            to = 0;
        }
    }

    /** How many bytes there are of a frame that is not whole. */
    public int begun() {
        return to - from;
    }

    /** Waits for more bytes; false at the end of the stream. */
    boolean fill(InputStream in) throws IOException {
        makeRoom();
        int count = in.read(buffer, to, buffer.length - to);
        to += Math.max(count, 0);
        return count >= 0;
    }

    /** Takes bytes that are there; false at the end of the stream. A channel that does not block is not waited for. */
    public boolean fill(ReadableByteChannel channel) throws IOException {
        makeRoom();
        int count = channel.read(ByteBuffer.wrap(buffer, to, Math.min(MOST, buffer.length - to)));
        to += Math.max(count, 0);
        return count >= 0;
    }

    private void makeRoom() {
        if (to < buffer.length && from < to) {
            return;
        }
        int kept = to - from;
        byte[] target = buffer;
        if (kept == 0 && buffer.length > 8 * INITIAL) {
            target = new byte[INITIAL];
        } else if (kept > buffer.length / 2) {
            target = new byte[2 * buffer.length];
        }
        System.arraycopy(buffer, from, target, 0, kept);
        buffer = target;
        from = 0;
        to = kept;
    }
}
