package distkv.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into frames. */
public final class FrameReader {
    private final InputStream in;
    private final FrameBuffer buffer;

    public FrameReader(InputStream in, FrameLimits limits) {
        this.in = in;
        this.buffer = new FrameBuffer(limits);
    }

    /**
     * Waits for the next frame. It is valid until the next call.
     *
     * @return {@code null} at the end of the stream
     * @throws EOFException if the stream ends within a frame
     * @throws ProtocolException if the bytes are not a frame, or exceed the limits; nothing more can be read then
     */
    public @Nullable Frame next() throws IOException {
        while (true) {
            Frame frame = buffer.next();
            if (frame != null) {
                return frame;
            }
            if (!buffer.fill(in)) {
                if (buffer.begun() == 0) {
                    return null;
                }
                throw new EOFException("end of stream after " + buffer.begun() + " bytes of a message");
            }
        }
    }

    /** Whether {@link #next} would return at once. */
    public boolean ready() {
        return buffer.ready();
    }
}
