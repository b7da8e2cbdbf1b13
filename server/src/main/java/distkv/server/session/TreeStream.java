package distkv.server.session;

import distkv.model.Entry;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.server.tree.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a subtree, all from one snapshot: the answer to {@code get_tree}. If it is read so slowly that too much
 * memory is needed for what has changed since, it ends with an error.
 */
final class TreeStream extends ReplyStream {
    private final long tock;
    private final ItemFactory items;
    private final ConnectionWriter outbox;

    /** {@code null} when it is over, so that the snapshot can go. */
    private volatile @Nullable TreeWalk walk;

    private volatile boolean lost;
    private volatile Runnable release = () -> {};
    private boolean over;

    TreeStream(Seq seq, int qlen, Snapshot snapshot, TreeWalk walk, ItemFactory items, ConnectionWriter outbox) {
        super(seq, qlen);
        this.tock = snapshot.tock();
        this.walk = walk;
        this.items = items;
        this.outbox = outbox;
    }

    /** Lets it hold so many bytes of what is replaced meanwhile. */
    void hold(Replica replica, Snapshot snapshot, long most) {
        release = replica.reading(snapshot, most, this::overflow);
    }

    @Override
    @Nullable
    Reply item() {
        TreeWalk here = walk;
        if (here == null || !here.next()) {
            over = true;
            return lost
                    ? new Reply.Failed(
                            seq(),
                            "get_tree: too much has changed while it was read (expected: to read faster)",
                            Etype.OVERFLOW,
                            tock())
                    : null;
        }
        Entry entry = here.entry();
        return entry == null ? items.empty(here.path(), tock()) : items.of(entry);
    }

    @Override
    boolean isOver() {
        return over;
    }

    @Override
    long tock() {
        return tock;
    }

    @Override
    long due() {
        return 0;
    }

    @Override
    void overflow() {
        lost = true;
        walk = null;
        outbox.ready(this);
    }

    @Override
    void close() {
        walk = null;
        release.run();
    }
}
