package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The whole tree at one revision. It never changes. */
public final class Snapshot {
    /** The top of the internal tree, which a walk of the root leaves out. */
    public static final Path INTERNAL = Path.of(Nil.NIL);

    /** Where the server keeps its own state; clients may read it. */
    public static final Path SERVER_STATE = INTERNAL.child(".distkv");

    private final long revision;
    private final EntryTree tree;
    private final long bytes;
    private final long replaced;

    private Snapshot(long revision, EntryTree tree, long bytes, long replaced) {
        this.revision = revision;
        this.tree = tree;
        this.bytes = bytes;
        this.replaced = replaced;
    }

    Snapshot(long revision, EntryTree tree) {
        this(revision, tree, 0, 0);
    }

    /** The first snapshot, of these entries in path order. */
    static Snapshot of(long revision, List<Entry> sorted) {
        long bytes = 0;
        for (Entry entry : sorted) {
            bytes += Footprint.of(entry);
        }
        return new Snapshot(revision, EntryTree.of(sorted), bytes, 0);
    }

    /** The approximate memory of its entries in bytes, see {@link Footprint}. */
    public long bytes() {
        return bytes;
    }

    /** How many bytes of entries were replaced or removed since the first snapshot; old snapshots keep these in memory. */
    long replaced() {
        return replaced;
    }

    /** The revision; 0 if nothing was ever written. */
    public long revision() {
        return revision;
    }

    /** The {@code tock} of replies that are not about one entry: at least the tick of everything in this snapshot. */
    public long tock() {
        return Revision.tick(revision, Revision.MAX_WRITES - 1);
    }

    /** The number of entries, including those of the internal tree. */
    public int size() {
        return tree.size();
    }

    public @Nullable Entry get(Path path) {
        return tree.get(path.key());
    }

    /** Whether there is an entry at or below a path. The tops of both trees always exist. */
    public boolean exists(Path path) {
        return path.isRoot() || path.equals(INTERNAL) || new KeyOrderWalk(tree, path, Depths.ALL, false).next();
    }

    /** The entries at {@code top} and below, parents first. */
    public KeyOrderWalk walk(Path top, Depths depths) {
        return new KeyOrderWalk(tree, top, depths, false);
    }

    /** Like {@link #walk}, including paths that have no entry themselves but some below them. */
    public KeyOrderWalk walkWithEmpty(Path top, Depths depths) {
        return new KeyOrderWalk(tree, top, depths, true);
    }

    /** Like {@link #walk}, with siblings in the order of their creation. */
    public CreationOrderWalk walkByCreation(Path top, Depths depths) {
        return new CreationOrderWalk(tree, top, depths, false);
    }

    /** Like {@link #walkWithEmpty}, with siblings in the order of their creation. */
    public CreationOrderWalk walkByCreationWithEmpty(Path top, Depths depths) {
        return new CreationOrderWalk(tree, top, depths, true);
    }

    Snapshot changed(long newRevision, Iterable<Entry> changes) {
        TreeEdit edit = tree.edit();
        long added = 0;
        long gone = 0;
        for (Entry change : changes) {
            added += Footprint.of(change);
            gone += Footprint.of(change.isDeletion() ? edit.remove(change.path().key()) : edit.put(change));
        }
        return new Snapshot(newRevision, edit.done(), bytes + added - gone, replaced + gone);
    }
}
