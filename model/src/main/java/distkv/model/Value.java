package distkv.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The content of an entry: one MsgPack value, kept as the bytes that its writer sent and never decoded by server or store.
 * Values are equal if their bytes are. The array is not copied and must not change.
 */
public record Value(byte[] bytes) {
    /** The number of bytes. */
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
