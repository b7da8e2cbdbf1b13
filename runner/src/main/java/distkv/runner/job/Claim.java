package distkv.runner.job;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.ClaimEntry;
import org.jspecify.annotations.Nullable;

/** What is known of a claim: who has it, and which write made it. Used by the decision thread only. */
final class Claim {
    final Path path;
    /** Which write made it: the fencing token; 0: nobody has it. */
    private long token;

    private String holder = "";
    private long session;
    private long tick;
    /** What the feed brought last. */
    private Followed followed = new Followed(0, 0, "", 0);

    private record Followed(long tick, long token, String holder, long session) {}

    Claim(Path path) {
        this.path = path;
    }

    boolean isHeld() {
        return token != 0;
    }

    long token() {
        return token;
    }

    /** Whose it is; empty if nobody has it, or if it does not say. */
    String holder() {
        return holder;
    }

    /** The session that it is bound to; 0 if nobody has it, or if it does not say. */
    long session() {
        return session;
    }

    /** Takes in a change; returns whether it is news. */
    boolean changed(Entry change) {
        if (change.tick() < followed.tick()) {
            // The tree was restored from a backup: what was newer has never been.
            tick = 0;
        }
        ClaimEntry claim = ClaimEntry.read(change.value());
        String by = claim == null ? null : claim.node();
        long of = claim == null ? 0 : claim.session();
        followed = new Followed(change.tick(), by == null ? 0 : change.tick(), by == null ? "" : by, of);
        boolean news = set(change.tick(), by);
        if (change.tick() == tick) {
            // What this node has claimed the reply may have told before, without its session.
            session = of;
        }
        return news;
    }

    /** Only what the feed has brought counts: what this node has written since then is not there. */
    void asFollowed() {
        tick = followed.tick();
        token = followed.token();
        holder = followed.holder();
        session = followed.session();
    }

    /** It is now this node's, or, with {@code null}, nobody's, unless something newer is known; returns whether it is news. */
    boolean set(long newTick, @Nullable String by) {
        if (newTick <= tick) {
            return false;
        }
        tick = newTick;
        token = by == null ? 0 : newTick;
        holder = by == null ? "" : by;
        session = 0;
        return true;
    }
}
