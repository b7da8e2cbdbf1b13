package distkv.model;

import org.jspecify.annotations.Nullable;

/**
 * The result of one write at a path.
 *
 * @param value the content; {@code null} if the write deleted the entry
 * @param tick the write, see {@link Revision}
 * @param lease the lease that the entry is bound to; 0 for none
 * @param created the write that created the entry, an older one if this write changed it; {@code tick} for deletions and
 *     where it is unknown, as on a client
 */
public record Entry(Path path, @Nullable Value value, long tick, long lease, long created) {
    /** An entry that was created by its write. */
    public Entry(Path path, @Nullable Value value, long tick, long lease) {
        this(path, value, tick, lease, tick);
    }

    public boolean isDeletion() {
        return value == null;
    }

    public long revision() {
        return Revision.ofTick(tick);
    }
}
