package distkv.store.etcd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow: numbers in as few bytes as they need, and arrays after their length. */
final class ByteWriter {
    private byte[] bytes = new byte[1024];
    private int size;

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
    }

    /** A number that is not negative. */
    ByteWriter number(long number) {
        long rest = number;
        room(10);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    ByteWriter bytes(byte[] content) {
        return number(content.length).raw(content);
    }

    /** Bytes without their length. */
    ByteWriter raw(byte[] content) {
        room(content.length);
        System.arraycopy(content, 0, bytes, size, content.length);
        size += content.length;
        return this;
    }

    ByteWriter text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
