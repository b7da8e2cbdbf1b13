package distkv.client;

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
 * A subtree's entries and their changes, in order. Per path it delivers values in the order in which they were written
 * and ends in the newest; it skips one only while its reader lags. It outlives connections: it resumes after the last
 * tick it has seen, and where the history no longer reaches back it fetches anew and delivers the difference.
 *
 * <p>Read by one thread; {@link #close} may come from another. (A watch without fetch knows only what it has
 * delivered: of what it never saw it cannot tell a deletion that happened during a cut longer than the history.)
 */
public final class Watch implements AutoCloseable {
    private static final long NOWHERE = -1;

    private final Connector connector;
    private final Path path;
    private final WatchOptions options;
    private final KnownEntries known = new KnownEntries();
    private final Deque<WatchEvent> ready = new ArrayDeque<>();
    private PathExpander paths;
    /** Everything up to here is delivered. */
    private long position;
    /** A fetch is under way. */
    private boolean fetching;
    /** The history was compacted: the next request fetches. */
    private boolean fetchAnew;

    /** The reader knows that the connection is away. */
    private boolean cut;

    private volatile @Nullable Stream stream;
    private volatile boolean closed;

    Watch(Connector connector, Path path, WatchOptions options) {
        this.connector = connector;
        this.path = path;
        this.options = options;
        this.position = options.since() == null ? NOWHERE : options.since();
        this.paths = new PathExpander(path);
    }

    /** Begins it, and waits until the server has: every change from now on will be delivered. */
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
     * @return {@code null} once this watch or its client is closed
     * @throws ClientException if the server refuses the watch; it is closed then
     */
    public @Nullable WatchEvent next() throws InterruptedException {
        while (!closed) {
            WatchEvent event = ready.poll();
            if (event != null) {
                return event;
            }
            try {
                Stream open = stream;
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
        Stream open = stream;
        stream = null;
        if (open != null) {
            open.close("the watch has another stream");
        }
    }

    private Stream open() throws InterruptedException {
        Link link = connector.awaitLink();
        fetching = fetchAnew || (options.fetch() && position == NOWHERE);
        Long since = fetching || position == NOWHERE ? null : (Long) position;
        if (fetching) {
            known.beginFetch();
        }
        paths = new PathExpander(path);
        boolean fetch = fetching;
        Stream opened = Stream.open(
                link, seq -> new Request.Watch(seq, path, options.only(), options.depths(), fetch, since, false, true));
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
                // A tree that was restored from a copy may have gone back, which a fetch then shows.
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
                cutOff("what was missed is history no more, so all is fetched anew");
            }
            case Reply.Failed failed -> {
                close();
                throw ClientException.of(failed);
            }
            case Reply.StreamEnd _ -> {
                // The server is about to stop: its connections end next.
                Thread.sleep(connector.options().retryFirst());
                cutOff("the server ended the watch");
            }
            default -> throw new ClientException(Etype.OTHER, "watch: answered by " + reply);
        }
    }

    private void accept(Reply.Item item) {
        Entry entry = new Entry(paths.next(item.depth(), item.path()), item.value(), item.tock(), 0);
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
        Stream open = stream;
        if (open != null) {
            open.close("the watch is closed");
        }
    }
}
