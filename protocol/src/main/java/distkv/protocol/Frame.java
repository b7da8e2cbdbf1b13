package distkv.protocol;

import distkv.model.Value;
import java.util.Arrays;

/**
 * One whole message, a MsgPack map, where it lies in a buffer: from {@code from} up to, not including, {@code to}.
 * A frame from a {@link FrameReader} is overwritten by the next one.
 */
public record Frame(byte[] buffer, int from, int to) {
    /** The frame that is the whole array. */
    public static Frame of(byte[] bytes) {
        return new Frame(bytes, 0, bytes.length);
    }

    public int size() {
        return to - from;
    }

    public MsgReader reader() {
        return new MsgReader(buffer, from, to);
    }

    /** A copy of its own. */
    public Value copy() {
        return new Value(Arrays.copyOfRange(buffer, from, to));
    }
}
