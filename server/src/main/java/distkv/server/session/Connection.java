package distkv.server.session;

import distkv.model.Path;
import distkv.model.WriteId;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.server.tree.Snapshot;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection. Its requests come from the {@link ConnectionReader}: the session's <em>reader</em> is whoever has the turn
 * there, and answers what is ready. What comes later goes out through the {@link ConnectionWriter}, whose turn the session's
 * <em>writer</em> has. What was written is sent when no further request has arrived.
 */
final class Connection {
    static final List<Integer> VERSION = List.of(0, 65, 0);
    static final List<String> EXTENSIONS =
            List.of("session", "commit", "guard", "since", "only", "window", "standby", "witness", "again", "sorted");

    /** The window that is offered, and how far a client may change it. */
    static final int WINDOW = 10;

    private static final int MIN_WINDOW = 4;
    private static final int MAX_WINDOW = 4_096;

    /** A connection that has this many streams gets no more. */
    static final int MAX_STREAMS = 100_000;

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final SocketChannel channel;
    private final EventLoop loop;
    private final ServerContext site;
    private final Consumer<Connection> whenEnded;
    private final MemoryBudget.Share memory;
    private final MemoryBudget.Share streamMemory;
    private final long writer;
    private final ConnectionReader intake;
    private final OutputBuffer output;
    private final ConnectionWriter outbox;
    private final InFlightWrites inFlight;
    private final ConnectionSession lease;
    private final RequestDispatcher handlers;
    private final Map<Seq, ReplyStream> streams = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    // Only who has the turn to read uses these.
    private Path root = Path.ROOT;
    private int window;
    private @Nullable Request current;

    /** @param whenEnded called when everything is answered and the connection is closed */
    Connection(SocketChannel channel, EventLoop loop, ServerContext site, Consumer<Connection> whenEnded) {
        this.channel = channel;
        this.loop = loop;
        this.site = site;
        this.whenEnded = whenEnded;
        this.memory = site.connectionMemory().open(() -> loop.execute(this::dropForMemory));
        this.streamMemory = site.streamMemory().open(() -> loop.execute(this::loseStreams));
        this.writer = site.writers().number();
        this.intake = new ConnectionReader(this, channel, loop);
        this.output = new OutputBuffer(channel, loop, intake::wantRoom, this::abort, memory);
        this.outbox = new ConnectionWriter(loop, output, memory, this::ended);
        this.inFlight = new InFlightWrites(memory, output::flush);
        this.lease = new ConnectionSession(site);
        this.handlers = new RequestDispatcher(this);
    }

    ServerContext site() {
        return site;
    }

    OutputBuffer output() {
        return output;
    }

    ConnectionWriter outbox() {
        return outbox;
    }

    InFlightWrites inFlight() {
        return inFlight;
    }

    ConnectionSession lease() {
        return lease;
    }

    /** What it holds of the memory for connections. */
    MemoryBudget.Share memory() {
        return memory;
    }

    /** What it holds of the memory for streams. */
    MemoryBudget.Share streamMemory() {
        return streamMemory;
    }

    /** It holds more memory than any other, and there is none left. */
    private void dropForMemory() {
        String reason = "memory: " + memory.held() + " bytes of unfinished messages, writes on their way and unread"
                + " replies, which is too much (expected: at most "
                + site.connectionMemory().limit() / 2
                + " on a connection, " + site.connectionMemory().limit() + " on all together)";
        LOG.log(System.Logger.Level.WARNING, "dropping a connection: {0}", reason);
        if (!output.isFull()) {
            output.write(new Reply.Failed(null, reason, Etype.FULL, tock()));
            output.flush();
        }
        abort();
    }

    /** Its streams hold more memory than those of any other, and there is none left. */
    private void loseStreams() {
        LOG.log(
                System.Logger.Level.WARNING,
                "ending the streams of a connection: {0} bytes wait for their reader (expected: at most {1} on a"
                        + " connection, {2} on all together)",
                streamMemory.held(),
                site.streamMemory().limit() / 2,
                site.streamMemory().limit());
        for (ReplyStream stream : streams.values()) {
            stream.overflow();
        }
        streamMemory.reset();
    }

    /** The number that its writes are known by. */
    long writer() {
        return writer;
    }

    /** What the commit that this request asks for is known by; {@code null} if the client counts in another way. */
    @Nullable
    WriteId id(Seq seq) {
        return seq instanceof Seq.Int(long number) && number > 0 ? new WriteId(writer, number) : null;
    }

    Path root() {
        return root;
    }

    void root(Path newRoot) {
        root = newRoot;
    }

    /** How many messages of a stream may be unacknowledged, 0 for any number. */
    int window() {
        return window;
    }

    void window(int wanted) {
        window = wanted <= 0 ? 0 : Math.clamp(wanted, MIN_WINDOW, MAX_WINDOW);
    }

    /** Greets, and reads from then on. */
    void start() {
        loop.execute(() -> {
            Snapshot now = site.replica().snapshot();
            site.writers().join(this);
            output.write(new Reply.Greeting(
                    site.node(), VERSION, now.tock(), now.tock(), WINDOW, List.of(), EXTENSIONS, writer));
            output.flush();
            intake.start();
        });
    }

    /** Whether a request is answered without waiting for anybody. */
    boolean isShort(Request request) {
        return handlers.isShort(request);
    }

    /** Called by who has the turn to read, which is never the loop if somebody may have to be waited for. */
    void answer(Request request) {
        current = request;
        try {
            handlers.handle(request);
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "fault while doing " + request.getClass().getSimpleName(),
                    e);
            Seq seq = request.seq();
            fail(new Reply.Failed(seq, "fault of the server: " + e, Etype.OTHER, tock()));
            if (seq != null && request.isAnsweredByStream()) {
                stop(seq);
            }
        } finally {
            // Else an idle connection would keep the value that it sent last.
            current = null;
        }
    }

    /**
     * Says that the request which is being answered cannot be: by a stream, if its answer would have been one. Where a
     * stream of that number runs already, only the error is sent.
     */
    void fail(Reply.Failed error) {
        Request request = current;
        Seq seq = error.seq();
        if (seq == null || request == null || !request.isAnsweredByStream() || streams.containsKey(seq)) {
            output.write(error);
            return;
        }
        // Fewer messages than any window, so there is no need to wait for acknowledgements.
        long counted = window == 0 ? 0 : 1;
        output.write(new Reply.StreamStart(seq, true, error.tock()), counted);
        output.write(error, 2 * counted);
        output.write(new Reply.StreamEnd(seq, error.tock()), 3 * counted);
    }

    /** Says what is wrong with what came in. */
    void refuse(String reason) {
        output.write(new Reply.Failed(null, reason, Etype.REQUEST, tock()));
        output.finish();
    }

    /** When nothing more comes in: answers what was asked for, then closes. May wait. */
    void finish() {
        inFlight.awaitNone();
        site.writers().leave(this);
        lease.leave();
        outbox.close();
        output.finish();
        streams.values().forEach(ReplyStream::close);
        streams.clear();
        abort();
        memory.close();
        streamMemory.close();
        ended.countDown();
        whenEnded.accept(this);
    }

    /** Stops reading; what was asked for is still answered. */
    void stop() {
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed already", e);
        }
    }

    /** Waits at most this long until everything is answered and the connection is closed. */
    boolean awaitEnd(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Drops the connection. */
    void abort() {
        output.lose();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        intake.closed();
    }

    /** Whether something could not be sent for too long. */
    boolean isStuck() {
        return output.nanosWaiting() > site.patience().toNanos();
    }

    /** Takes note of a new stream; false, with an error to the client, if it cannot be. */
    boolean admit(ReplyStream stream) {
        if (streams.size() >= MAX_STREAMS) {
            fail(new Reply.Failed(
                    stream.seq(), "more than " + MAX_STREAMS + " streams on a connection", Etype.REFUSED, tock()));
            return false;
        }
        if (!streamMemory.take(stream.footprint())) {
            fail(new Reply.Failed(
                    stream.seq(), "streams: no memory left for another on this connection", Etype.FULL, tock()));
            return false;
        }
        if (streams.putIfAbsent(stream.seq(), stream) != null) {
            streamMemory.give(stream.footprint());
            output.write(new Reply.Failed(
                    stream.seq(),
                    "seq: that of a stream that has not ended (expected: another)",
                    Etype.REQUEST,
                    tock()));
            return false;
        }
        return true;
    }

    /** Ends a stream; false if there is none. */
    boolean stop(Seq seq) {
        ReplyStream stream = streams.remove(seq);
        if (stream == null) {
            return false;
        }
        stream.stop();
        stream.close();
        streamMemory.give(stream.footprint());
        outbox.ready(stream);
        return true;
    }

    void acknowledge(Seq seq, long wseq) {
        ReplyStream stream = streams.get(seq);
        if (stream != null) {
            stream.acknowledge(wseq);
            outbox.ready(stream);
        }
    }

    /** A stream's last message is written. */
    private void ended(ReplyStream stream) {
        if (streams.remove(stream.seq(), stream)) {
            stream.close();
            streamMemory.give(stream.footprint());
        }
    }

    /** The newest tock. */
    long tock() {
        return site.replica().snapshot().tock();
    }
}
