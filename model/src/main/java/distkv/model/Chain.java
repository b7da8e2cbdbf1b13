package distkv.model;

import org.jspecify.annotations.Nullable;

/**
 * An entry's history as the wire shows it: the tree's name and the tick that wrote the entry. {@code prev} is always
 * {@code null} here, since one tree has one order of writes.
 */
public record Chain(String node, long tick, @Nullable Chain prev) {
    public Chain(String node, long tick) {
        this(node, tick, null);
    }
}
