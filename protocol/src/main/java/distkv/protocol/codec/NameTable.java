package distkv.protocol.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds a constant by the bytes of its name, without creating a string. Immutable. */
final class NameTable<E> {
    private final byte[] @Nullable [] names;
    private final @Nullable Object[] constants;
    private final int mask;

    NameTable(E[] all, Function<E, String> name) {
        int size = Integer.highestOneBit(all.length) * 8;
        names = new byte[size][];
        constants = new Object[size];
        mask = size - 1;
        for (E constant : all) {
            byte[] bytes = name.apply(constant).getBytes(StandardCharsets.UTF_8);
            int slot = hash(bytes, 0, bytes.length) & mask;
            while (names[slot] != null) {
                slot = (slot + 1) & mask;
            }
            names[slot] = bytes;
            constants[slot] = constant;
        }
    }

    @SuppressWarnings("unchecked")
    @Nullable
    E find(byte[] bytes, int from, int length) {
        int slot = hash(bytes, from, length) & mask;
        while (true) {
            byte[] name = names[slot];
            if (name == null) {
                return null;
            }
            if (Arrays.equals(name, 0, name.length, bytes, from, from + length)) {
                return (E) constants[slot];
            }
            slot = (slot + 1) & mask;
        }
    }

    private static int hash(byte[] bytes, int from, int length) {
        int hash = length;
        for (int i = from; i < from + Math.min(length, 24); i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash ^ hash >>> 16;
    }
}
