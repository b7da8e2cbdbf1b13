package distkv.protocol;

import distkv.model.Path;

/**
 * Shortens the paths of a stream's items: the elements that an item shares with the previous one are only counted. Each
 * stream needs one of its own, and all items in the order of sending.
 */
public final class PathShortener {
    private final Path prefix;
    private Path previous = Path.ROOT;

    /** For the stream that answers a request about {@code prefix}. */
    public PathShortener(Path prefix) {
        this.prefix = prefix;
    }

    /** The path of the next item, which must be at or below the prefix, without what it shares with the previous one. */
    public Shortened next(Path full) {
        if (!full.startsWith(prefix)) {
            throw new IllegalArgumentException("path " + full + " in a stream below " + prefix);
        }
        Path below = full.below(prefix);
        int depth = below.shared(previous);
        previous = below;
        return new Shortened(depth, depth == 0 ? below : below.tail(depth));
    }

    /** The number of elements shared with the previous item, and the rest. */
    public record Shortened(int depth, Path path) {}
}
