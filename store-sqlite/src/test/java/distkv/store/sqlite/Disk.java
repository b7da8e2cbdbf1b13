package distkv.store.sqlite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One file on a disk with a cache: what was synced is there, of the rest any part. */
final class Disk {
    private static final int SECTOR = 512;

    /** What was asked of the file and not synced yet. */
    sealed interface Pending {}

    record Write(int offset, byte[] bytes) implements Pending {}

    record Resize(int length) implements Pending {}

    private final List<Pending> pending = new ArrayList<>();
    private byte[] content;

    Disk(byte[] content) {
        this.content = content;
    }

    void add(Pending change) {
        pending.add(change);
    }

    void sync() {
        for (Pending change : pending) {
            content = apply(content, change);
        }
        pending.clear();
    }

    int pending() {
        return pending.size();
    }

    /** The content with the first changes that were not synced. */
    byte[] afterPowerLoss(int first) {
        byte[] left = content.clone();
        for (Pending change : pending.subList(0, first)) {
            left = apply(left, change);
        }
        return left;
    }

    /** The content with none, all, some, or torn ones of the changes that were not synced. */
    byte[] afterPowerLoss(Random random) {
        byte[] left = content.clone();
        int mode = random.nextInt(4);
        for (Pending change : pending) {
            switch (mode) {
                case 0 -> {}
                case 1 -> left = apply(left, change);
                case 2 -> left = random.nextBoolean() ? apply(left, change) : left;
                default -> left = change instanceof Write write ? tear(left, write, random) : apply(left, change);
            }
        }
        return left;
    }

    private static byte[] tear(byte[] content, Write write, Random random) {
        byte[] left = content;
        for (int at = 0; at < write.bytes().length; ) {
            int end = Math.min(write.bytes().length, at + SECTOR - (write.offset() + at) % SECTOR);
            if (random.nextInt(3) > 0) {
                left = apply(left, new Write(write.offset() + at, Arrays.copyOfRange(write.bytes(), at, end)));
            }
            at = end;
        }
        return left;
    }

    private static byte[] apply(byte[] content, Pending change) {
        return switch (change) {
            case Resize(int length) -> Arrays.copyOf(content, length);
            case Write(int offset, byte[] bytes) -> {
                byte[] changed = offset + bytes.length > content.length
                        ? Arrays.copyOf(content, offset + bytes.length)
                        : content;
                System.arraycopy(bytes, 0, changed, offset, bytes.length);
                yield changed;
            }
        };
    }
}
