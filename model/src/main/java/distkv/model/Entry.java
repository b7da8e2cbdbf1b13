package distkv.model;

import org.jspecify.annotations.Nullable;

/**
 * What one write left at a path.
 *
 * @param value the content, or {@code null} if the write deleted the entry
 * @param tick which write it was, see {@link Revision}
 * @param lease the lease the entry lives and dies with, or 0
 * @param created which write created the entry: an older one, if this one changed what was there. Where that is not
 *     known, as with what a server has sent, and for deletions, it is {@code tick}
 */
public record Entry(Path path, @Nullable Value value, long tick, long lease, long created) {
    /** An entry that its write has created. */
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
