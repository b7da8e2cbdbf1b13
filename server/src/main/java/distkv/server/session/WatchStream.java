package distkv.server.session;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.Replica;
import distkv.server.tree.MemoryQuota;
import distkv.server.tree.WatchScope;
import distkv.server.tree.Snapshot;
import distkv.server.tree.Watcher;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a subtree, and before them, if the client asked for it, what is there or what changed since a tock:
 * the answer to {@code watch}.
 */
final class WatchStream extends ReplyStream {
    /** A watch whose reader has this many changes still to take is LAGGING, see {@link Watcher}. */
    static final int CAPACITY = 1_000;

    /** One that lags behind by the newest changes of this many paths is LOST. */
    static final int LIMIT = 250_000;

    /** What each of the paths takes that it watches. */
    private static final int ROOT = 200;

    /** What it takes to remember a change that was missed. */
    private static final int MISSED = 72;

    /**
     * What comes before the changes.
     *
     * @param upToDate the tock of the snapshot that the changes are after
     * @param tock where the stream starts: nothing that came after it is left out
     * @param entries what leads from there up to the snapshot, {@code null} if nothing does
     * @param count how many entries that are at most
     * @param error why it cannot be had; the stream then ends
     */
    private record Beginning(
            long upToDate,
            long tock,
            @Nullable Supplier<@Nullable Entry> entries,
            int count,
            Reply.@Nullable Failed error) {}

    private final Replica replica;
    private final ConnectionWriter outbox;
    private final ItemFactory items;
    private final Watcher watch;

    /** Set once by the session's reader; until then nobody else looks at the stream. */
    private volatile @Nullable Beginning beginning;

    private final MemoryQuota room;
    private volatile boolean lost;
    private volatile Runnable release = () -> {};

    // Only the session's writer uses these.
    private boolean begun;
    private boolean over;

    WatchStream(Seq seq, int qlen, Replica replica, ConnectionWriter outbox, WatchScope scope, ItemFactory items, MemoryQuota room) {
        super(seq, qlen);
        this.replica = replica;
        this.outbox = outbox;
        this.items = items;
        this.room = room;
        this.watch = new Watcher(scope, CAPACITY, LIMIT, room, this::wake);
    }

    /** Starts the watch: everything after the snapshot that this returns will be sent. One of the others must follow. */
    Snapshot start() {
        return replica.start(watch);
    }

    /** Sends the changes only. */
    void withChanges(Snapshot start) {
        open(new Beginning(start.tock(), start.tock(), null, 0, null));
    }

    /**
     * First sends all that the snapshot has.
     *
     * @param most how many bytes of what is replaced meanwhile it may hold
     * @param sorted whether siblings come sorted, else in the order in which they were created
     */
    void withEntries(Snapshot start, long most, boolean sorted) {
        release = replica.reading(start, most, this::overflow);
        open(new Beginning(start.tock(), start.tock(), watch.scope().entries(start, sorted), start.size(), null));
    }

    /** First sends what changed since a tock. */
    void withMissed(Snapshot start, long since, List<Entry> missed) {
        Iterator<Entry> changes = missed.iterator();
        long bytes = (long) MISSED * missed.size();
        if (!room.take(bytes)) {
            lost = true;
        } else {
            release = () -> room.give(bytes);
        }
        open(new Beginning(start.tock(), since, () -> changes.hasNext() ? changes.next() : null, missed.size(), null));
    }

    /** Sends an error and ends. */
    void fail(Snapshot start, Reply.Failed error) {
        open(new Beginning(start.tock(), start.tock(), null, 0, error));
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
        if (lost) {
            over = true;
            return overflowed();
        }
        return begun ? change() : leading(beginning());
    }

    private @Nullable Reply leading(Beginning first) {
        if (first.error() != null) {
            over = true;
            return first.error();
        }
        if (first.entries() == null) {
            begin(first);
            return change();
        }
        Entry entry = first.entries().get();
        if (entry != null) {
            return items.of(entry);
        }
        begin(first);
        return new Reply.UpToDate(seq(), first.upToDate());
    }

    /** What came first is sent; the snapshot, or what was missed, is not held any longer. */
    private void begin(Beginning first) {
        begun = true;
        beginning = new Beginning(first.upToDate(), first.tock(), null, 0, null);
        release();
    }

    private void release() {
        Runnable held = release;
        release = () -> {};
        held.run();
    }

    private @Nullable Reply change() {
        Entry change = watch.poll();
        if (change != null) {
            return items.of(change);
        }
        if (watch.state() != Watcher.State.LOST) {
            return null;
        }
        over = true;
        return overflowed();
    }

    private Reply overflowed() {
        String text =
                "watch of " + watch.scope().top().brief() + ": its reader fell too far behind, or the server stops";
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
    long footprint() {
        long bytes = super.footprint();
        for (Path root : watch.scope().roots()) {
            bytes += ROOT + root.key().length;
        }
        return bytes;
    }

    @Override
    void overflow() {
        lost = true;
        watch.lose();
        Beginning first = beginning;
        if (first != null) {
            beginning = new Beginning(first.upToDate(), first.tock(), null, 0, first.error());
        }
        wake();
    }

    @Override
    void close() {
        release();
        replica.stop(watch);
    }
}
