package distkv.bench.load;

import java.nio.charset.StandardCharsets;

/**
 * Finds where messages end, looking only at what a load generator must know: whether a message is complete, an error,
 * or an item of a stream.
 */
public final class MessageScanner {
    private static final byte[] ERROR = "error".getBytes(StandardCharsets.UTF_8);
    private static final byte[] STATE = "state".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PATH = "path".getBytes(StandardCharsets.UTF_8);

    private int end;
    private boolean item;
    private boolean last;

    /** Whether a complete message starts at {@code from}, whose properties can then be queried. */
    public boolean read(byte[] bytes, int from, int to) {
        if (from >= to) {
            return false;
        }
        int tag = bytes[from] & 0xff;
        if (tag < 0x80 || tag > 0x8f) {
            throw new IllegalStateException("message starts with 0x" + Integer.toHexString(tag) + " (expected: a map)");
        }
        item = false;
        last = false;
        boolean failed = false;
        int at = from + 1;
        for (int pair = tag & 0xf; pair > 0; pair--) {
            int key = at;
            at = skip(bytes, at, to);
            if (at < 0) {
                return false;
            }
            failed |= is(bytes, key, ERROR);
            item |= is(bytes, key, PATH);
            // The only states a message can have here are start, uptodate and end.
            last |= is(bytes, key, STATE) && at < to && bytes[at] == (byte) 0xa3;
            at = skip(bytes, at, to);
            if (at < 0) {
                return false;
            }
        }
        end = at;
        if (failed) {
            throw new IllegalStateException(
                    "the server refused: " + new String(bytes, from, end - from, StandardCharsets.UTF_8));
        }
        return true;
    }

    /** Where the last message ends. */
    public int end() {
        return end;
    }

    /** Whether it carries a path: an entry of a tree or a change. */
    public boolean item() {
        return item;
    }

    /** Whether it ends a stream. */
    public boolean last() {
        return last;
    }

    private static boolean is(byte[] bytes, int at, byte[] text) {
        if ((bytes[at] & 0xff) != (0xa0 | text.length)) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[at + 1 + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Where the value at {@code from} ends; -1: beyond {@code to}. */
    private static int skip(byte[] bytes, int from, int to) {
        int at = from;
        long values = 1;
        while (values > 0) {
            if (at >= to) {
                return -1;
            }
            int tag = bytes[at++] & 0xff;
            values--;
            if (tag < 0x80 || tag >= 0xe0) {
                continue;
            }
            if (tag < 0x90) {
                values += 2L * (tag & 0xf);
            } else if (tag < 0xa0) {
                values += tag & 0xf;
            } else if (tag < 0xc0) {
                at += tag & 0x1f;
            } else {
                int width = lengthWidth(tag);
                if (at + width > to) {
                    return -1;
                }
                long length = 0;
                for (int i = 0; i < width; i++) {
                    length = (length << 8) | (bytes[at + i] & 0xff);
                }
                at += width + fixed(tag);
                switch (tag) {
                    case 0xdc, 0xdd -> values += length;
                    case 0xde, 0xdf -> values += 2 * length;
                    default -> at += Math.toIntExact(length);
                }
            }
        }
        return at <= to ? at : -1;
    }

    /** How many bytes of length follow the tag. */
    private static int lengthWidth(int tag) {
        return switch (tag) {
            case 0xc4, 0xc7, 0xd9 -> 1;
            case 0xc5, 0xc8, 0xda, 0xdc, 0xde -> 2;
            case 0xc6, 0xc9, 0xdb, 0xdd, 0xdf -> 4;
            default -> 0;
        };
    }

    /** How many bytes follow in any case: a number, or the type of an extension. */
    private static int fixed(int tag) {
        return switch (tag) {
            case 0xc7, 0xc8, 0xc9, 0xcc, 0xd0 -> 1;
            case 0xcd, 0xd1, 0xd4 -> 2;
            case 0xd5 -> 3;
            case 0xca, 0xce, 0xd2, 0xd6 -> tag == 0xd6 ? 5 : 4;
            case 0xcb, 0xcf, 0xd3 -> 8;
            case 0xd7 -> 9;
            case 0xd8 -> 17;
            default -> 0;
        };
    }
}
