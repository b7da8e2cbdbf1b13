package distkv.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames. Memory grows only with bytes that have arrived, never with what a length claims.
 * Used by the one thread that reads a connection.
 */
public final class FrameReader {
    private static final int INITIAL = 8 * 1024;

    private final InputStream in;
    private final FrameScanner scanner;
    private byte[] buffer = new byte[INITIAL];
    /** The frame being read begins at {@code from}; bytes up to {@code to} have arrived. */
    private int from;

    private int to;

    public FrameReader(InputStream in, FrameLimits limits) {
        this.in = in;
        this.scanner = new FrameScanner(limits);
    }

    /**
     * Waits for the next frame. It is valid until the next call.
     *
     * @return {@code null} at the end of the stream
     * @throws EOFException if the stream ends within a frame
     * @throws ProtocolException if the bytes are no frame, or one beyond the limits; nothing more can be read then
     */
    public @Nullable Frame next() throws IOException {
        while (!scanner.scan(buffer, from, to)) {
            if (!fill()) {
                if (from == to) {
                    return null;
                }
                throw new EOFException("end of stream after " + (to - from) + " bytes of a message");
            }
        }
        Frame frame = new Frame(buffer, from, from + scanner.seen());
        from = frame.to();
        scanner.start();
        return frame;
    }

    /** Whether {@link #next} would return at once, since a whole frame has arrived already. */
    public boolean ready() {
        try {
            return scanner.scan(buffer, from, to);
        } catch (ProtocolException e) {
            // The scanner has not moved, so next() finds the same fault and throws.
            return true;
        }
    }

    private boolean fill() throws IOException {
        if (to == buffer.length || from == to) {
            makeRoom();
        }
        int count = in.read(buffer, to, buffer.length - to);
        to += Math.max(count, 0);
        return count >= 0;
    }

    private void makeRoom() {
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
