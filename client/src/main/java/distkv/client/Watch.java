package distkv.client;

import distkv.client.internal.DeliveredEntries;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.PathExpander;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a subtree and their changes, in order. For each path it delivers values in the order of their writes
 * and ends with the newest; it skips values only while its reader lags. It outlives connections: it resumes after the
 * last tick that it has seen. If the history no longer reaches back that far, it fetches again and delivers the
 * difference.
 *
 * <p>Only one thread may read it; any thread may {@link #close} it. A watch without fetch knows only the entries that
 * it has delivered: it misses the deletion of others during an interruption that is longer than the history.
 */
public final class Watch implements AutoCloseable {
    private static final long NOWHERE = -1;

    private final Connector connector;
    private final Path path;
    private final WatchOptions options;
    private final DeliveredEntries known = new DeliveredEntries();
    private final Deque<WatchEvent> ready = new ArrayDeque<>();
    private PathExpander paths;
    /** Everything up to this tick is delivered. */
    private long position;
    /** A fetch is under way. */
    private boolean fetching;
    /** The history was compacted: the next request must fetch. */
    private boolean fetchAnew;

    /** Whether the reader was told about the interruption. */
    private boolean cut;

    private volatile @Nullable StreamReader stream;
    private volatile boolean closed;

    Watch(Connector connector, Path path, WatchOptions options) {
        this.connector = connector;
        this.path = path;
        this.options = options;
        this.position = options.since() == null ? NOWHERE : options.since();
        this.paths = new PathExpander(path);
    }

    /** Starts the watch. Waits until the server has started it: every change from then on is delivered. */
    void begin() throws InterruptedException {
        while (stream == null && !closed) {
            try {
                accept(open().next());
            } catch (ServerConnectionException e) {
                stream = null;
                closed |= connector.isClosed();
            }
        }
    }

    public Path path() {
        return path;
    }

    /**
     * Waits for the next event.
     *
     * @return {@code null}: this watch or its client is closed
     * @throws ClientException if the server refuses the watch, which is closed then
     */
    public @Nullable WatchEvent next() throws InterruptedException {
        while (!closed) {
            WatchEvent event = ready.poll();
            if (event != null) {
                return event;
            }
            try {
                StreamReader open = stream;
                accept((open == null ? open() : open).next());
            } catch (ServerConnectionException e) {
                cutOff(String.valueOf(e.getMessage()));
            }
        }
        return null;
    }

    private void cutOff(String reason) {
        if (connector.isClosed()) {
            closed = true;
        } else {
            stream = null;
            if (!cut) {
                cut = true;
                ready.add(new WatchEvent.CutOff(reason));
            }
        }
    }

    private void drop() {
        StreamReader open = stream;
        stream = null;
        if (open != null) {
            open.close("the watch has another stream");
        }
    }

    private StreamReader open() throws InterruptedException {
        ServerConnection connection = connector.awaitConnection();
        fetching = fetchAnew || (options.fetch() && position == NOWHERE);
        Long since = fetching || position == NOWHERE ? null : (Long) position;
        if (fetching) {
            known.beginFetch();
        }
        paths = new PathExpander(path);
        boolean fetch = fetching;
        StreamReader opened = StreamReader.open(
                connection,
                seq -> new Request.Watch(
                        seq, path, options.only(), options.depths(), fetch, since, false, true, options.by()));
        stream = opened;
        if (closed) {
            close();
        }
        return opened;
    }

    private void accept(Reply reply) throws InterruptedException {
        switch (reply) {
            case Reply.StreamStart start -> {
                if (position == NOWHERE && !fetching) {
                    position = start.tock();
                }
            }
            case Reply.Item item -> accept(item);
            case Reply.UpToDate upToDate -> {
                // A tree that was restored from a backup may be older, which a fetch shows.
                position = fetching ? upToDate.tock() : Math.max(position, upToDate.tock());
                if (fetching) {
                    known.endFetch(upToDate.tock()).forEach(gone -> ready.add(new WatchEvent.Changed(gone)));
                    fetching = false;
                    fetchAnew = false;
                }
                cut = false;
                ready.add(new WatchEvent.UpToDate(position));
            }
            case Reply.Failed failed
            when failed.etype() == Etype.COMPACTED && !fetching -> {
                fetchAnew = true;
                drop();
                cutOff("history has been compacted; fetching again");
            }
            case Reply.Failed failed -> {
                close();
                throw ClientException.of(failed);
            }
            case Reply.StreamEnd _ -> {
                // The server is about to stop and will close its connections.
                Thread.sleep(connector.options().retryFirst());
                cutOff("the server ended the watch");
            }
            default -> throw new ClientException(Etype.OTHER, "watch: reply " + reply);
        }
    }

    private void accept(Reply.Item item) {
        Path at = paths.next(item.depth(), item.path());
        String by = item.origin() == null ? null : item.origin().who();
        Entry entry = new Entry(at, item.value(), item.tock(), 0, item.tock(), by);
        boolean news = true;
        if (fetching && !entry.isDeletion()) {
            boolean old = !options.fetch() && entry.tick() <= position && known.tick(entry.path()) == null;
            news = known.fetched(entry) && !old;
        } else {
            known.changed(entry);
        }
        if (!fetching) {
            position = Math.max(position, entry.tick());
        }
        if (news) {
            ready.add(new WatchEvent.Changed(entry));
        }
    }

    @Override
    public void close() {
        closed = true;
        StreamReader open = stream;
        if (open != null) {
            open.close("the watch is closed");
        }
    }
}
