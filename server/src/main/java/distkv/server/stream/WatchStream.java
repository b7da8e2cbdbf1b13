package distkv.server.stream;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.memory.MemoryQuota;
import distkv.server.net.Connection;
import distkv.server.net.ConnectionWriter;
import distkv.server.net.ReplyStream;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.server.tree.WatchScope;
import distkv.server.tree.Watcher;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a subtree, preceded on request by its entries or by what changed since a tock: the answer to
 * {@code watch}.
 */
public final class WatchStream extends ReplyStream {
    /** A watcher with this many waiting changes is LAGGING, see {@link Watcher}. */
    static final int CAPACITY = 1_000;

    /** A lagging watcher with the newest changes of this many paths is LOST. */
    static final int LIMIT = 250_000;

    /** The memory for each watched path. */
    private static final int ROOT = 200;

    /** The memory for each change that was missed. */
    private static final int MISSED = 72;

    /**
     * What precedes the changes.
     *
     * @param upToDate the tock of the snapshot that the changes follow
     * @param tock where the stream starts: nothing after it is left out
     * @param entries what leads from there to the snapshot; {@code null} if nothing is sent
     * @param count the largest number of these entries
     * @param error why the watch is not possible; the stream then ends
     */
    private record Beginning(
            long upToDate,
            long tock,
            @Nullable Supplier<@Nullable Entry> entries,
            int count,
            Reply.@Nullable Failed error) {}

    private final Replica replica;
    private final ConnectionWriter writer;
    private final ItemFactory items;
    private final Watcher watcher;

    /** Set once by the reader; until then no other thread looks at the stream. */
    private volatile @Nullable Beginning beginning;

    private final MemoryQuota quota;
    private volatile boolean lost;
    private volatile Runnable release = () -> {};

    // Used by the writer only.
    private boolean begun;
    private boolean over;

    public WatchStream(Seq seq, Connection connection, Replica replica, WatchScope scope, ItemFactory items) {
        super(seq, connection.window());
        this.replica = replica;
        this.writer = connection.writer();
        this.items = items;
        this.quota = connection.streamMemory();
        this.watcher = new Watcher(scope, CAPACITY, LIMIT, quota, this::wake);
    }

    /**
     * Starts the watch: everything after the returned snapshot will be sent. One of the {@code with…} methods or
     * {@link #fail} must follow.
     */
    public Snapshot start() {
        return replica.start(watcher);
    }

    /** Sends nothing but the changes. */
    public void withChanges(Snapshot start) {
        open(new Beginning(start.tock(), start.tock(), null, 0, null));
    }

    /**
     * First sends all entries of the snapshot.
     *
     * @param most how many bytes of replaced entries the snapshot may keep in memory
     * @param sorted whether siblings are sorted by key, otherwise by creation
     */
    public void withEntries(Snapshot start, long most, boolean sorted) {
        release = replica.startLongRead(start, most, this::overflow);
        open(new Beginning(start.tock(), start.tock(), watcher.scope().entries(start, sorted), start.size(), null));
    }

    /** First sends what changed since a tock. */
    public void withMissed(Snapshot start, long since, List<Entry> missed) {
        Iterator<Entry> changes = missed.iterator();
        long bytes = (long) MISSED * missed.size();
        if (!quota.take(bytes)) {
            lost = true;
        } else {
            release = () -> quota.give(bytes);
        }
        open(new Beginning(start.tock(), since, () -> changes.hasNext() ? changes.next() : null, missed.size(), null));
    }

    /** Sends an error and ends. */
    public void fail(Snapshot start, Reply.Failed error) {
        open(new Beginning(start.tock(), start.tock(), null, 0, error));
    }

    private void open(Beginning first) {
        beginning = first;
        wake();
    }

    private void wake() {
        if (beginning != null) {
            writer.ready(this);
        }
    }

    private Beginning beginning() {
        return Objects.requireNonNull(beginning, "not open yet");
    }

    @Override
    protected @Nullable Reply item() {
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

    /** The preceding entries are sent: frees the snapshot, or the list of missed changes. */
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
        Entry change = watcher.poll();
        if (change != null) {
            return items.of(change);
        }
        if (watcher.state() != Watcher.State.LOST) {
            return null;
        }
        over = true;
        return overflowed();
    }

    private Reply overflowed() {
        String text = "watch of " + watcher.scope().top().brief()
                + ": the client fell too far behind, or the server is stopping";
        return new Reply.Failed(seq(), text + " (expected: watch again)", Etype.OVERFLOW, tock());
    }

    @Override
    protected boolean isOver() {
        return over;
    }

    @Override
    protected long tock() {
        return begun || over ? replica.snapshot().tock() : beginning().tock();
    }

    @Override
    protected long due() {
        return watcher.size() + (begun ? 0L : beginning().count());
    }

    @Override
    protected long footprint() {
        long bytes = super.footprint();
        for (Path root : watcher.scope().roots()) {
            bytes += ROOT + root.key().length;
        }
        return bytes;
    }

    @Override
    protected void overflow() {
        lost = true;
        watcher.lose();
        Beginning first = beginning;
        if (first != null) {
            beginning = new Beginning(first.upToDate(), first.tock(), null, 0, first.error());
        }
        wake();
    }

    @Override
    public void close() {
        release();
        replica.stop(watcher);
    }
}
