package distkv.protocol;

import distkv.model.Path;

/**
 * Shortens the paths of a stream's items: what an item shares with the item before it is only counted. A stream needs
 * one of its own, for the whole stream, and the items in the order in which they are sent.
 */
public final class PathShortener {
    private final Path prefix;
    private Path previous = Path.ROOT;

    /** For the stream that answers a request about {@code prefix}. */
    public PathShortener(Path prefix) {
        this.prefix = prefix;
    }

    /** The next item's path, which must be the prefix or below it, without what it shares with the previous one. */
    public Shortened next(Path full) {
        if (!full.startsWith(prefix)) {
            throw new IllegalArgumentException("path " + full + " in a stream below " + prefix);
        }
        Path below = full.below(prefix);
        int depth = below.shared(previous);
        previous = below;
        return new Shortened(depth, depth == 0 ? below : below.tail(depth));
    }

    /** How many elements are those of the previous item, and the rest. */
    public record Shortened(int depth, Path path) {}
}
