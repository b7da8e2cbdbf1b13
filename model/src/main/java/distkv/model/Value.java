package distkv.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An entry's content: one MsgPack value, kept as the bytes its writer sent and never decoded by server or store.
 * Two are equal if their bytes are. The array is not copied and must not change.
 */
public record Value(byte[] bytes) {
    /** How many bytes it has. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Value value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Value[" + bytes.length + " bytes]";
    }
}
