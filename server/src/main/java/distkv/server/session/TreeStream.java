package distkv.server.session;

import distkv.model.Entry;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.Snapshot;
import distkv.server.tree.TreeWalk;
import org.jspecify.annotations.Nullable;

/** The entries of a subtree, all from one snapshot: the answer to {@code get_tree}. */
final class TreeStream extends Stream {
    private final Snapshot snapshot;
    private final TreeWalk walk;
    private final ItemMaker items;
    private boolean over;

    TreeStream(Seq seq, int qlen, Snapshot snapshot, TreeWalk walk, ItemMaker items) {
        super(seq, qlen);
        this.snapshot = snapshot;
        this.walk = walk;
        this.items = items;
    }

    @Override
    @Nullable
    Reply item() {
        if (walk.next()) {
            Entry entry = walk.entry();
            return entry == null ? items.empty(walk.path(), tock()) : items.of(entry);
        }
        over = true;
        return null;
    }

    @Override
    boolean isOver() {
        return over;
    }

    @Override
    long tock() {
        return snapshot.tock();
    }

    @Override
    long due() {
        return 0;
    }

    @Override
    void close() {}
}
