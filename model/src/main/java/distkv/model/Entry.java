package distkv.model;

import org.jspecify.annotations.Nullable;

/**
 * What one write left at a path.
 *
 * @param value the content, or {@code null} if the write deleted the entry
 * @param tick which write it was, see {@link Revision}
 * @param lease the lease the entry lives and dies with, or 0
 */
public record Entry(Path path, @Nullable Value value, long tick, long lease) {
    public boolean isDeletion() {
        return value == null;
    }

    public long revision() {
        return Revision.ofTick(tick);
    }
}
