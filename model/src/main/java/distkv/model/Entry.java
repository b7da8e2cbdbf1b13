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
 * @param by who made the write, see {@link Origin#who}; {@code null} if that is unknown, as on a client, or if it was
 *     nobody: the lease of the entry has ended
 */
public record Entry(
        Path path,
        @Nullable Value value,
        long tick,
        long lease,
        long created,
        @Nullable String by) {
    /** An entry of which nobody says who wrote it. */
    public Entry(Path path, @Nullable Value value, long tick, long lease, long created) {
        this(path, value, tick, lease, created, null);
    }

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
