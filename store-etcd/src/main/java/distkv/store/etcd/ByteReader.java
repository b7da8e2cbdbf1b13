package distkv.store.etcd;

import distkv.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link ByteWriter} has written; anything else is a {@link StoreException}. */
final class ByteReader {
    /** More than any value, key or name has. */
    private static final int MAX_LENGTH = 256 << 20;

    private final Supplier<byte @Nullable []> parts;
    private byte[] part;
    private int at;

    ByteReader(byte[] bytes) {
        this(bytes, () -> null);
    }

    /** @param parts what follows, part by part; {@code null} after the last one */
    ByteReader(byte[] first, Supplier<byte @Nullable []> parts) {
        this.part = first;
        this.parts = parts;
    }

    private byte next() {
        while (at == part.length) {
            byte[] following = parts.get();
            if (following == null) {
                throw damaged();
            }
            part = following;
            at = 0;
        }
        return part[at++];
    }

    long number() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = next();
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw damaged();
    }

    /** A number of things, or of bytes. */
    int count() {
        long count = number();
        if (count < 0 || count > MAX_LENGTH) {
            throw damaged();
        }
        return (int) count;
    }

    byte[] bytes() {
        int length = count();
        byte[] bytes = new byte[length];
        for (int filled = 0; filled < length; ) {
            bytes[filled++] = next();
            int more = Math.min(length - filled, part.length - at);
            System.arraycopy(part, at, bytes, filled, more);
            filled += more;
            at += more;
        }
        return bytes;
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    static StoreException damaged() {
        return new StoreException("what is in etcd is damaged, or was written by a newer version of DistKV");
    }
}
