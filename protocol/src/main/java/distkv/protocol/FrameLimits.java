package distkv.protocol;

/**
 * Limits of a single frame.
 *
 * @param maxSize in bytes
 * @param maxDepth how deep maps and arrays may be nested; the frame itself is 1
 */
public record FrameLimits(int maxSize, int maxDepth) {
    public static final FrameLimits DEFAULT = new FrameLimits(16 * 1024 * 1024, 64);

    public FrameLimits {
        if (maxSize < 1024 || maxSize > 1 << 30) {
            throw new IllegalArgumentException("max frame size: " + maxSize + " (expected: 1024 to " + (1 << 30) + ")");
        }
        if (maxDepth < 8 || maxDepth > Values.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "max nesting depth: " + maxDepth + " (expected: 8 to " + Values.MAX_DEPTH + ")");
        }
    }
}
