package distkv.protocol;

import distkv.model.PathKey;
import distkv.model.Value;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The canonical encoding of a value: shortest integers, 64-bit floats, sorted maps. It is made in one buffer, in which each
 * map is sorted when it is complete, with four bytes of memory for each pair. So the cost of any value is a small multiple
 * of its length.
 */
final class CanonicalForm {
    /** Deeper nesting is not a path, see {@link PathKey#MAX_NESTING}. */
    private static final int MAX_PATHS = PathKey.MAX_NESTING + 1;

    /** The size of a head with a length of four bytes, whatever the length is. */
    private static final int HEAD = 5;

    private final MsgWriter out = new MsgWriter();
    private MsgReader scanner = new MsgReader(out.buffer(), 0, out.buffer().length);

    /** The current nesting of paths. */
    private int paths;

    private CanonicalForm(Value value) {
        copy(MsgReader.of(value), 0);
    }

    static boolean same(Value a, Value b) {
        MsgWriter first = new CanonicalForm(a).out;
        MsgWriter second = new CanonicalForm(b).out;
        return Arrays.equals(first.buffer(), 0, first.size(), second.buffer(), 0, second.size());
    }

    private void copy(MsgReader in, int depth) {
        if (depth > Values.MAX_DEPTH) {
            throw new ProtocolException("value nested more than " + Values.MAX_DEPTH + " deep");
        }
        switch (in.next()) {
            case NIL -> out.nil();
            case BOOLEAN -> out.flag(in.flag());
            case INTEGER -> {
                if (in.fitsLong()) {
                    out.number(in.number());
                } else {
                    out.unsigned(in.number());
                }
            }
            case FLOAT -> out.real(Double.isNaN(in.real()) ? Double.NaN : in.real());
            case TEXT -> content(in, out.textHead(in.length()));
            case BYTES -> content(in, out.bytesHead(in.length()));
            case ARRAY -> {
                int count = in.length();
                out.array(count);
                for (int i = 0; i < count; i++) {
                    copy(in, depth + 1);
                }
            }
            case MAP -> map(in, depth);
            case EXT -> ext(in, depth);
        }
    }

    private static void content(MsgReader in, MsgWriter to) {
        to.raw(in.bytes(), in.position(), in.position() + in.length());
        in.skipContent();
    }

    private void map(MsgReader in, int depth) {
        int count = in.length();
        int head = out.size();
        fixedHead(0xDF);
        // The head may claim more pairs than there are.
        int[] starts = new int[Math.min(count, 16)];
        boolean sorted = true;
        for (int i = 0; i < count; i++) {
            if (i == starts.length) {
                starts = Arrays.copyOf(starts, (int) Math.min(count, 2L * i));
            }
            starts[i] = out.size();
            copy(in, depth + 1);
            sorted &= i == 0 || compare(starts[i - 1], starts[i], out.size()) < 0;
            copy(in, depth + 1);
        }
        patchLength(head, sorted ? count : sort(starts, head + HEAD));
    }

    /** Sorts the pairs that start at these indexes, the last in the buffer; returns the number of distinct keys. */
    private int sort(int[] starts, int from) {
        int end = out.size();
        mergeSort(starts, end);
        byte[] sorted = new byte[end - from];
        int size = 0;
        int kept = 0;
        for (int i = 0; i < starts.length; i++) {
            // The last of several equal keys counts, and the sort is stable.
            if (i + 1 < starts.length && compare(starts[i], starts[i + 1], end) == 0) {
                continue;
            }
            int length = scanner().end(scanner().end(starts[i])) - starts[i];
            System.arraycopy(out.buffer(), starts[i], sorted, size, length);
            size += length;
            kept++;
        }
        out.truncate(from);
        out.raw(sorted, 0, size);
        return kept;
    }

    /** Sorts indexes by the values that start there; stable. */
    private void mergeSort(int[] starts, int end) {
        int[] source = starts;
        int[] target = new int[starts.length];
        boolean elsewhere = false;
        for (int width = 1; width < starts.length; width *= 2) {
            for (int low = 0; low < starts.length; low += 2 * width) {
                int middle = Math.min(low + width, starts.length);
                merge(source, target, low, middle, Math.min(low + 2 * width, starts.length), end);
            }
            int[] swap = source;
            source = target;
            target = swap;
            elsewhere = !elsewhere;
        }
        if (elsewhere) {
            System.arraycopy(source, 0, starts, 0, starts.length);
        }
    }

    private void merge(int[] source, int[] target, int low, int middle, int high, int end) {
        int left = low;
        int right = middle;
        for (int at = low; at < high; at++) {
            boolean takeLeft = right == high || (left < middle && compare(source[left], source[right], end) <= 0);
            target[at] = source[takeLeft ? left++ : right++];
        }
    }

    /** A reader over the buffer, to find the ends of values. */
    @SuppressWarnings("ReferenceEquality")
    private MsgReader scanner() {
        if (scanner.bytes() != out.buffer()) {
            scanner = new MsgReader(out.buffer(), 0, out.buffer().length);
        }
        return scanner;
    }

    /** Compares two values in the buffer. The bytes of a value are never a prefix of another's. */
    private int compare(int a, int b, int end) {
        byte[] bytes = out.buffer();
        int length = scanner().end(a) - a;
        int differs = Arrays.mismatch(bytes, a, a + length, bytes, b, Math.min(b + length, end));
        return differs < 0 || b + differs >= end ? 0 : Byte.compareUnsigned(bytes[a + differs], bytes[b + differs]);
    }

    private void ext(MsgReader in, int depth) {
        int type = in.extType();
        if (type == ExtType.INTEGER) {
            out.number(new BigInteger(1, in.bytes(), in.position(), in.length()));
            in.skipContent();
        } else if (type == ExtType.PATH) {
            path(in, depth);
        } else {
            content(in, out.extHead(type, in.length()));
        }
    }

    private void path(MsgReader in, int depth) {
        int from = in.position();
        int to = from + in.length();
        int head = out.size();
        fixedHead(0xC9);
        out.put(ExtType.PATH);
        if (!isPath(in.inner(), depth)) {
            // As in Values, an invalid path is compared as bytes.
            out.truncate(head + HEAD + 1);
            out.raw(in.bytes(), from, to);
        }
        patchLength(head, out.size() - head - HEAD - 1);
    }

    private boolean isPath(MsgReader in, int depth) {
        if (paths == MAX_PATHS) {
            return false;
        }
        paths++;
        try {
            while (!in.atEnd()) {
                copy(in, depth + 1);
            }
            return true;
        } catch (ProtocolException e) {
            return false;
        } finally {
            paths--;
        }
    }

    private void fixedHead(int tag) {
        out.put(tag);
        for (int i = 1; i < HEAD; i++) {
            out.put(0);
        }
    }

    private void patchLength(int head, int length) {
        for (int i = 1; i < HEAD; i++) {
            out.patch(head + i, length >>> (8 * (HEAD - 1 - i)));
        }
    }
}
