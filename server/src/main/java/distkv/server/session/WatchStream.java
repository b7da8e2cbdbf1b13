package distkv.server.session;

import distkv.model.Entry;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.Replica;
import distkv.server.tree.Scope;
import distkv.server.tree.Snapshot;
import distkv.server.tree.Watch;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a subtree, and before them, if the client asked for it, what is there or what changed since a tock:
 * the answer to {@code watch}.
 */
final class WatchStream extends Stream {
    /** A watch whose reader has this many changes still to take is LAGGING, see {@link Watch}. */
    static final int CAPACITY = 1_000;

    /** One that lags behind by the newest changes of this many paths is LOST. */
    static final int LIMIT = 250_000;

    /**
     * What comes before the changes.
     *
     * @param snapshot the changes are those after it
     * @param tock where the stream starts: nothing that came after it is left out
     * @param entries what leads from there up to the snapshot, {@code null} if nothing does
     * @param count how many entries that are at most
     * @param error why it cannot be had; the stream then ends
     */
    private record Beginning(
            Snapshot snapshot,
            long tock,
            @Nullable Supplier<@Nullable Entry> entries,
            int count,
            Reply.@Nullable Failed error) {}

    private final Replica replica;
    private final Outbox outbox;
    private final ItemMaker items;
    private final Watch watch;

    /** Set once by the session's reader; until then nobody else looks at the stream. */
    private volatile @Nullable Beginning beginning;

    // Only the session's writer uses these.
    private boolean begun;
    private boolean over;

    WatchStream(Seq seq, int qlen, Replica replica, Outbox outbox, Scope scope, ItemMaker items) {
        super(seq, qlen);
        this.replica = replica;
        this.outbox = outbox;
        this.items = items;
        this.watch = new Watch(scope, CAPACITY, LIMIT, this::wake);
    }

    /** Starts the watch: everything after the snapshot that this returns will be sent. One of the others must follow. */
    Snapshot start() {
        return replica.start(watch);
    }

    /** Sends the changes only. */
    void withChanges(Snapshot start) {
        open(new Beginning(start, start.tock(), null, 0, null));
    }

    /** First sends all that the snapshot has, {@code sorted} or siblings in the order of their creation. */
    void withEntries(Snapshot start, boolean sorted) {
        open(new Beginning(start, start.tock(), watch.scope().entries(start, sorted), start.size(), null));
    }

    /** First sends what changed since a tock. */
    void withMissed(Snapshot start, long since, List<Entry> missed) {
        Iterator<Entry> changes = missed.iterator();
        open(new Beginning(start, since, () -> changes.hasNext() ? changes.next() : null, missed.size(), null));
    }

    /** Sends an error and ends. */
    void fail(Snapshot start, Reply.Failed error) {
        open(new Beginning(start, start.tock(), null, 0, error));
    }

    private void open(Beginning first) {
        beginning = first;
        wake();
    }

    private void wake() {
        if (beginning != null) {
            outbox.ready(this);
        }
    }

    private Beginning beginning() {
        return Objects.requireNonNull(beginning, "not open yet");
    }

    @Override
    @Nullable
    Reply item() {
        if (over) {
            return null;
        }
        return begun ? change() : leading(beginning());
    }

    private @Nullable Reply leading(Beginning first) {
        if (first.error() != null) {
            over = true;
            return first.error();
        }
        if (first.entries() == null) {
            begun = true;
            return change();
        }
        Entry entry = first.entries().get();
        if (entry != null) {
            return items.of(entry);
        }
        begun = true;
        return new Reply.UpToDate(seq(), first.snapshot().tock());
    }

    private @Nullable Reply change() {
        Entry change = watch.poll();
        if (change != null) {
            return items.of(change);
        }
        if (watch.state() != Watch.State.LOST) {
            return null;
        }
        over = true;
        String text = "watch of " + watch.scope().top().brief() + ": its reader fell too far behind, or the server stops";
        return new Reply.Failed(seq(), text + " (expected: watch again)", Etype.OVERFLOW, tock());
    }

    @Override
    boolean isOver() {
        return over;
    }

    @Override
    long tock() {
        return begun || over ? replica.snapshot().tock() : beginning().tock();
    }

    @Override
    long due() {
        return watch.size() + (begun ? 0L : beginning().count());
    }

    @Override
    void close() {
        replica.stop(watch);
    }
}
