package distkv.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that have arrived on a connection, cut into frames. It grows only with bytes that have arrived, never with the
 * length that a head claims.
 */
public final class FrameBuffer {
    private static final int INITIAL = 8 * 1024;

    /** The most that is read at once, since the JVM keeps a direct buffer of this size for each thread. */
    private static final int MOST = 64 * 1024;

    private final FrameScanner scanner;
    private byte[] buffer = new byte[INITIAL];
    /** The frame being read begins at {@code from}; bytes up to {@code to} have arrived. */
    private int from;

    private int to;

    public FrameBuffer(FrameLimits limits) {
        this.scanner = new FrameScanner(limits);
    }

    /** From now on no frame may be larger than this. */
    public void limit(int maxSize) {
        scanner.limit(maxSize);
    }

    /**
     * The next frame; {@code null} if it has not arrived completely. It is valid until the buffer is filled again.
     *
     * @throws ProtocolException if the bytes are not a frame, or exceed the limits; nothing more can be read then
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
            // The scanner has not moved, so next() finds the same error and throws.
            return true;
        }
    }

    /** How many bytes of memory it takes beyond its initial size. */
    public int extra() {
        return buffer.length - INITIAL;
    }

    /** Frees the memory of a large frame, if nothing of the next one has arrived. */
    public void trim() {
        if (from == to && buffer.length > 8 * INITIAL) {
            buffer = new byte[INITIAL];
            from = 0;
            to = 0;
        }
    }

    /** How many bytes of an incomplete frame have arrived. */
    public int begun() {
        return to - from;
    }

    /** Waits for more bytes; false at the end of the input. */
    boolean fill(InputStream in) throws IOException {
        makeRoom();
        int count = in.read(buffer, to, buffer.length - to);
        to += Math.max(count, 0);
        return count >= 0;
    }

    /** Reads available bytes, without waiting if the channel is non-blocking; false at the end of the input. */
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
