package distkv.server.stream;

import distkv.model.Entry;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.net.ConnectionWriter;
import distkv.server.net.ReplyStream;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.server.tree.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a subtree, all from one snapshot: the answer to {@code get_tree}. If the client reads so slowly that the
 * old snapshot keeps too much memory in use, the stream ends with an error.
 */
public final class TreeStream extends ReplyStream {
    private final long tock;
    private final ItemFactory items;
    private final ConnectionWriter writer;

    /** {@code null} at the end, so that the snapshot can be freed. */
    private volatile @Nullable TreeWalk walk;

    private volatile boolean lost;
    private volatile Runnable release = () -> {};
    private boolean over;

    public TreeStream(Seq seq, int qlen, Snapshot snapshot, TreeWalk walk, ItemFactory items, ConnectionWriter writer) {
        super(seq, qlen);
        this.tock = snapshot.tock();
        this.walk = walk;
        this.items = items;
        this.writer = writer;
    }

    /** Sets how many bytes of replaced entries the snapshot may keep in memory. */
    public void limit(Replica replica, Snapshot snapshot, long most) {
        release = replica.startLongRead(snapshot, most, this::overflow);
    }

    @Override
    protected @Nullable Reply item() {
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
    protected boolean isOver() {
        return over;
    }

    @Override
    protected long tock() {
        return tock;
    }

    @Override
    protected long due() {
        return 0;
    }

    @Override
    protected void overflow() {
        lost = true;
        walk = null;
        writer.ready(this);
    }

    @Override
    public void close() {
        walk = null;
        release.run();
    }
}
