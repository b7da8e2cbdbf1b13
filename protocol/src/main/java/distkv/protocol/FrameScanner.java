package distkv.protocol;

/**
 * Finds the end of a frame while its bytes are arriving, and refuses the frame as soon as a head claims more than the limits
 * allow. It continues where it stopped, so it reads every byte once.
 */
final class FrameScanner {
    private final int maxDepth;
    private int maxSize;
    /** How many values are still missing at each depth; index 0 is the frame itself. */
    private final int[] missing;

    private int depth;
    /** The bytes of the frame that were scanned, and the bytes of content to skip next. */
    private int seen;

    private int content;

    FrameScanner(FrameLimits limits) {
        this.maxDepth = limits.maxDepth();
        this.maxSize = limits.maxSize();
        this.missing = new int[maxDepth + 1];
        start();
    }

    /** From now on no frame may be larger than this. */
    void limit(int newMaxSize) {
        maxSize = newMaxSize;
    }

    /** Begins a new frame. */
    void start() {
        depth = 0;
        seen = 0;
        content = 0;
        missing[0] = 1;
    }

    /** The length of the frame after {@link #scan} was true; before that, how much of it was scanned. */
    int seen() {
        return seen;
    }

    /** Scans the frame at {@code from}, of which the bytes before {@code to} have arrived; true if it is complete. */
    boolean scan(byte[] buffer, int from, int to) {
        while (true) {
            int passed = Math.min(content, to - from - seen);
            seen += passed;
            content -= passed;
            if (content > 0) {
                return false;
            }
            while (missing[depth] == 0) {
                if (depth == 0) {
                    return true;
                }
                depth--;
            }
            if (from + seen >= to || !head(buffer, from + seen, to)) {
                return false;
            }
        }
    }

    private boolean head(byte[] buffer, int at, int to) {
        int tag = buffer[at] & 0xFF;
        if (seen == 0 && !isMap(tag)) {
            throw new ProtocolException(
                    "a message that begins with byte " + Integer.toHexString(tag) + " (expected: a MsgPack map)");
        }
        int size = headSize(tag);
        if (size > to - at) {
            return false;
        }
        long body = body(buffer, at, tag);
        if (body > maxSize - seen - size) {
            throw new ProtocolException("a message of more than " + maxSize + " bytes: "
                    + (isContainer(tag) ? "a map or array of " : "text or bytes of ") + body + " (expected: at most "
                    + maxSize + " in all)");
        }
        if (isContainer(tag) && depth == maxDepth) {
            throw new ProtocolException("a message nested more than " + maxDepth + " deep (expected: at most that)");
        }
        missing[depth]--;
        seen += size;
        if (isContainer(tag)) {
            missing[++depth] = (int) body;
        } else {
            content = (int) body;
        }
        return true;
    }

    private static boolean isMap(int tag) {
        return (tag & 0xF0) == 0x80 || tag == 0xDE || tag == 0xDF;
    }

    private static boolean isContainer(int tag) {
        return (tag & 0xE0) == 0x80 || (tag >= 0xDC && tag <= 0xDF);
    }

    /** The bytes up to and including the length, the count or the type. */
    private static int headSize(int tag) {
        return switch (tag) {
            case 0xC4, 0xD9 -> 2;
            case 0xC5, 0xC7, 0xDA, 0xDC, 0xDE -> 3;
            case 0xC8 -> 4;
            case 0xC6, 0xDB, 0xDD, 0xDF -> 5;
            case 0xC9 -> 6;
            case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> 2;
            default -> 1;
        };
    }

    /** The number of bytes of content, or of values, that follow the head. */
    private static long body(byte[] buffer, int at, int tag) {
        return switch (tag) {
            case 0xC4, 0xC7, 0xD9 -> unsigned(buffer, at + 1, 1);
            case 0xC5, 0xC8, 0xDA, 0xDC -> unsigned(buffer, at + 1, 2);
            case 0xDE -> 2 * unsigned(buffer, at + 1, 2);
            case 0xC6, 0xC9, 0xDB, 0xDD -> unsigned(buffer, at + 1, 4);
            case 0xDF -> 2 * unsigned(buffer, at + 1, 4);
            case 0xCC, 0xD0 -> 1;
            case 0xCD, 0xD1 -> 2;
            case 0xCA, 0xCE, 0xD2 -> 4;
            case 0xCB, 0xCF, 0xD3 -> 8;
            case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> 1L << (tag - 0xD4);
            case 0xC1 -> throw new ProtocolException("byte c1 in a message (expected: MsgPack)");
            default -> {
                if (tag >= 0xA0 && tag < 0xC0) {
                    yield tag & 0x1F;
                }
                if (tag >= 0x90 && tag < 0xA0) {
                    yield tag & 0x0F;
                }
                yield tag >= 0x80 && tag < 0x90 ? 2 * (tag & 0x0F) : 0;
            }
        };
    }

    private static long unsigned(byte[] buffer, int at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | (buffer[at + i] & 0xFF);
        }
        return value;
    }
}
