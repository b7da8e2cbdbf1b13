package distkv.protocol;

import distkv.model.Value;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Values that cost as much as they can, each of about so many bytes, and what they cost. */
final class Hostile {
    private Hostile() {}

    /** All of them, by what they are. */
    static Map<String, Value> values(int size) {
        Map<String, Value> all = new LinkedHashMap<>();
        all.put("a number of many digits", number(size));
        all.put("keys that are lists of one hash", listKeys(size));
        all.put("keys of two types and one hash", mixedKeys(size));
        all.put("keys that fall", fallingKeys(size));
        all.put("one key again and again", sameKeys(size));
        all.put("maps in maps", nestedMaps(size));
        all.put("maps that lie", lyingMaps(size));
        all.put("arrays that lie", lyingArrays(size));
        all.put("paths in paths", nestedPaths(size));
        all.put("paths that are none", badPaths(size));
        all.put("an array of nothing", nils(size));
        all.put("deep arrays", deepArrays(size));
        return all;
    }

    static Value number(int size) {
        byte[] content = new byte[size];
        java.util.Arrays.fill(content, (byte) 0x5A);
        return new Value(new MsgWriter().ext(ExtType.INTEGER, content).toByteArray());
    }

    /** Every key [a, b] with 31·a + b the same. */
    static Value listKeys(int size) {
        int count = size / 12;
        MsgWriter out = new MsgWriter().map(count);
        for (int i = 0; i < count; i++) {
            out.array(2).number(i).number(31L * (count - i) + 70_000);
            out.nil();
        }
        return new Value(out.toByteArray());
    }

    /** Texts of one hash between numbers of the same hash. */
    private static Value mixedKeys(int size) {
        int bits = 17;
        int count = Math.min(size / 22, 1 << bits);
        MsgWriter out = new MsgWriter().map(2 * count);
        int hash = text(0, bits).hashCode();
        for (int i = 0; i < count; i++) {
            out.text(text(i, bits)).nil();
            long high = i;
            out.number(high << 32 | ((hash ^ i) & 0xFFFF_FFFFL)).nil();
        }
        return new Value(out.toByteArray());
    }

    private static String text(int number, int bits) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < bits; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    private static Value fallingKeys(int size) {
        int count = size / 6;
        MsgWriter out = new MsgWriter().map(count);
        for (int i = count; i > 0; i--) {
            out.number(100_000 + i).nil();
        }
        return new Value(out.toByteArray());
    }

    private static Value sameKeys(int size) {
        MsgWriter out = new MsgWriter().map(size / 2);
        for (int i = 0; i < size / 2; i++) {
            out.number(1).nil();
        }
        return new Value(out.toByteArray());
    }

    /** As deep as a frame may be, each with its keys in the wrong order. */
    private static Value nestedMaps(int size) {
        MsgWriter out = new MsgWriter();
        for (int depth = 0; depth < 60; depth++) {
            out.map(2).text("b");
        }
        out.bytes(new byte[size]);
        for (int depth = 0; depth < 60; depth++) {
            out.text("a").nil();
        }
        return new Value(out.toByteArray());
    }

    /** Within an extension value, where nobody has looked: each claims all that is left. */
    private static Value lyingMaps(int size) {
        MsgWriter content = new MsgWriter();
        for (int depth = 0; depth < 900; depth++) {
            content.map((size - content.size()) / 2 - 10).text("k");
        }
        content.raw(new byte[size], 0, size - content.size());
        return new Value(
                new MsgWriter().ext(ExtType.PATH, content.toByteArray()).toByteArray());
    }

    /** Each claims all that is left. */
    private static Value lyingArrays(int size) {
        MsgWriter out = new MsgWriter();
        for (int depth = 0; depth < 900; depth++) {
            out.array(size - out.size() - 10);
        }
        out.raw(new byte[size], 0, size - out.size());
        return new Value(out.toByteArray());
    }

    private static Value nestedPaths(int size) {
        byte[] content = new byte[size];
        for (int depth = 0; depth < 800; depth++) {
            content = new MsgWriter().ext(ExtType.PATH, content).toByteArray();
        }
        return new Value(content);
    }

    private static Value badPaths(int size) {
        MsgWriter out = new MsgWriter().array(size / 3);
        for (int i = 0; i < size / 3; i++) {
            out.ext(ExtType.PATH, new byte[] {(byte) 0xC1});
        }
        return new Value(out.toByteArray());
    }

    static Value nils(int size) {
        MsgWriter out = new MsgWriter().array(size);
        for (int i = 0; i < size; i++) {
            out.nil();
        }
        return new Value(out.toByteArray());
    }

    private static Value deepArrays(int size) {
        MsgWriter out = new MsgWriter();
        int depth = Math.min(size, 1_000);
        for (int i = 0; i < depth; i++) {
            out.array(1);
        }
        out.bytes(new byte[size]);
        return new Value(out.toByteArray());
    }

    /** How many bytes this thread allocates while it does something. */
    static long allocated(Supplier<?> work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        var _ = work.get();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
