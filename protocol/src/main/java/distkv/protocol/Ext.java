package distkv.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A MsgPack extension value without a meaning here. The array is not copied and must not change. */
public record Ext(int type, byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ext ext && type == ext.type && Arrays.equals(bytes, ext.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(bytes);
    }
}
