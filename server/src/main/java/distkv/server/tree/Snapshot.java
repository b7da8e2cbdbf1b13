package distkv.server.tree;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The whole tree as one revision left it. It never changes, so any thread may read it for as long as it likes. */
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

    /** A first one, of these entries in path order. */
    static Snapshot of(long revision, List<Entry> sorted) {
        long bytes = 0;
        for (Entry entry : sorted) {
            bytes += Footprint.of(entry);
        }
        return new Snapshot(revision, EntryTree.of(sorted), bytes, 0);
    }

    /** About how many bytes of memory its entries take, see {@link Footprint}. */
    public long bytes() {
        return bytes;
    }

    /** How many bytes of entries have been replaced or removed since the first one; who holds an old one holds these. */
    long replaced() {
        return replaced;
    }

    /** The last revision that is in it; 0 if nothing was ever written. */
    public long revision() {
        return revision;
    }

    /** The {@code tock} of a reply that is not about one entry: never below the tick of anything in this snapshot. */
    public long tock() {
        return Revision.tick(revision, Revision.MAX_WRITES - 1);
    }

    /** How many entries there are, the internal tree's included. */
    public int size() {
        return tree.size();
    }

    public @Nullable Entry get(Path path) {
        return tree.get(path.key());
    }

    /** Whether there is an entry at a path or below it. The tops of both trees always exist. */
    public boolean exists(Path path) {
        return path.isRoot() || path.equals(INTERNAL) || new KeyOrderWalk(tree, path, Depths.ALL, false).next();
    }

    /** The entries at {@code top} and below, parents first. */
    public KeyOrderWalk walk(Path top, Depths depths) {
        return new KeyOrderWalk(tree, top, depths, false);
    }

    /** As {@link #walk}, and also the paths that have no entry themselves but have some below them. */
    public KeyOrderWalk walkWithEmpty(Path top, Depths depths) {
        return new KeyOrderWalk(tree, top, depths, true);
    }

    /** As {@link #walk}, siblings in the order in which they were created. */
    public CreationOrderWalk walkByCreation(Path top, Depths depths) {
        return new CreationOrderWalk(tree, top, depths, false);
    }

    /** As {@link #walkWithEmpty}, siblings in the order in which they were created. */
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
