package distkv.protocol;

import distkv.model.Path;

/** Reverses {@link PathShortener}. Each stream needs one of its own, and all items in their order. */
public final class PathExpander {
    private final Path prefix;
    private Path previous = Path.ROOT;

    /** For the stream that answers a request about {@code prefix}. */
    public PathExpander(Path prefix) {
        this.prefix = prefix;
    }

    /** The full path of the next item. */
    public Path next(int depth, Path rest) {
        int known = previous.length();
        if (depth > known) {
            throw new ProtocolException(
                    "depth: " + depth + " (expected: at most " + known + ", the elements of the previous item's path)");
        }
        previous = depth == 0 ? rest : previous.head(depth).append(rest);
        return prefix.append(previous);
    }
}
