package distkv.protocol;

import distkv.model.Value;
import java.util.Arrays;

/**
 * One complete message, a MsgPack map, in a buffer: from index {@code from} to {@code to}, exclusive. A frame from a
 * {@link FrameReader} is overwritten by the next one.
 */
public record Frame(byte[] buffer, int from, int to) {
    /** A frame that fills an array. */
    public static Frame of(byte[] bytes) {
        return new Frame(bytes, 0, bytes.length);
    }

    public int size() {
        return to - from;
    }

    public MsgReader reader() {
        return new MsgReader(buffer, from, to);
    }

    /** A copy of the message. */
    public Value copy() {
        return new Value(Arrays.copyOfRange(buffer, from, to));
    }
}
