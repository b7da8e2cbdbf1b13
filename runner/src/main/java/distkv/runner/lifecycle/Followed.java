package distkv.runner.lifecycle;

import distkv.model.Expectation;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the feed brought it, and as this runner has written it itself since: a reply often tells of a write before
 * the feed does. The newest tick counts.
 */
final class Followed<T> {
    private @Nullable T value;
    private long tick;
    /** What the feed brought last. */
    private @Nullable T fed;

    private long fedTick;

    /** What the entry holds; {@code null}: there is none. */
    @Nullable
    T value() {
        return value;
    }

    boolean isPresent() {
        return value != null;
    }

    /** The tick of the last write or deletion. */
    long tick() {
        return tick;
    }

    /** Takes in what the feed brings; returns whether it is news. */
    boolean changed(@Nullable T newValue, long newTick) {
        if (newTick < fedTick) {
            // The tree was restored from a backup: what was newer has never been.
            tick = 0;
        }
        fed = newValue;
        fedTick = newTick;
        boolean news = newTick > tick;
        if (newTick >= tick) {
            value = newValue;
            tick = newTick;
        }
        return news;
    }

    /** This runner has written that, or deleted the entry; unless something newer is known. */
    void written(@Nullable T newValue, long newTick) {
        if (newTick > tick) {
            value = newValue;
            tick = newTick;
        }
    }

    /** Only what the feed has brought counts: what this runner has written since then is not there. */
    void asFollowed() {
        value = fed;
        tick = fedTick;
    }

    /** What a write of the entry expects to find. */
    Expectation expectation() {
        return value == null ? Expectation.absent() : Expectation.at(tick);
    }
}
