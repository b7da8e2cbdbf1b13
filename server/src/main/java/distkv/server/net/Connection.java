package distkv.server.net;

import distkv.model.process.Trace;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.server.memory.MemoryBudget;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client connection. The {@link ConnectionReader} takes its requests in and has the {@link RequestHandler} answer
 * them; replies that are not ready at once, and the items of streams, go out through the {@link ConnectionWriter}. Output
 * is flushed when no further request has arrived.
 */
public final class Connection {
    /** The window for streams that is offered. */
    public static final int DEFAULT_WINDOW = 10;

    private static final int MIN_WINDOW = 4;
    private static final int MAX_WINDOW = 4_096;
    private static final int MAX_STREAMS = 100_000;

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final String name;
    private final Transport transport;
    private final PeerIdentity peer;
    private final EventLoop loop;
    private final NetContext context;
    private final Runnable whenLoggedIn;
    private final Consumer<Connection> whenEnded;
    private final MemoryBudget.Share memory;
    private final MemoryBudget.Share streamMemory;
    private final ConnectionReader reader;
    private final OutputBuffer output;
    private final ConnectionWriter writer;
    private final RequestHandler handler;
    private final Map<Seq, ReplyStream> streams = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    // Used by the reader only.
    private int window;
    private @Nullable Request current;
    private boolean loggedIn;

    /**
     * @param name for the trace
     * @param peer who is at the other end
     * @param whenLoggedIn called when somebody has logged in, or need not
     * @param whenEnded called when everything is answered and the connection is closed
     */
    Connection(
            String name,
            Transport transport,
            PeerIdentity peer,
            EventLoop loop,
            NetContext context,
            Function<Connection, RequestHandler> handlers,
            Runnable whenLoggedIn,
            Consumer<Connection> whenEnded) {
        this.name = name;
        this.transport = transport;
        this.peer = peer;
        this.loop = loop;
        this.context = context;
        this.whenLoggedIn = whenLoggedIn;
        this.whenEnded = whenEnded;
        this.memory = context.memory().open(() -> loop.execute(this::dropForMemory));
        this.streamMemory = context.streamMemory().open(() -> loop.execute(this::endStreamsForMemory));
        this.reader = new ConnectionReader(this, transport, loop, context.limits(), context.logIns());
        this.output = new OutputBuffer(this, transport, loop, reader::awaitWritable, memory);
        this.writer = new ConnectionWriter(loop, output, memory, this::ended);
        this.handler = handlers.apply(this);
    }

    /** Who is at the other end. */
    public PeerIdentity peer() {
        return peer;
    }

    /** Where replies that are ready are written. */
    public OutputBuffer output() {
        return output;
    }

    /** Where replies and streams wait that become ready later. */
    public ConnectionWriter writer() {
        return writer;
    }

    /** What this connection uses of the memory for connections. */
    public MemoryBudget.Share memory() {
        return memory;
    }

    /** What this connection uses of the memory for streams. */
    public MemoryBudget.Share streamMemory() {
        return streamMemory;
    }

    /** This connection uses more memory than any other, and none is left. */
    private void dropForMemory() {
        String reason = "memory: " + memory.held() + " bytes of incomplete messages, pending writes and unread replies"
                + " (expected: at most " + context.memory().limit() / 2 + " on a connection, "
                + context.memory().limit() + " on all together)";
        LOG.log(System.Logger.Level.WARNING, "dropping the connection of {0}: {1}", peer, reason);
        if (!output.isFull()) {
            output.write(new Reply.Failed(null, reason, Etype.FULL, tock()));
            output.flush();
        }
        abort();
    }

    /** The streams of this connection use more memory than those of any other, and none is left. */
    private void endStreamsForMemory() {
        LOG.log(
                System.Logger.Level.WARNING,
                "ending the streams of a connection: {0} bytes wait to be read (expected: at most {1} on a connection,"
                        + " {2} on all together)",
                streamMemory.held(),
                context.streamMemory().limit() / 2,
                context.streamMemory().limit());
        for (ReplyStream stream : streams.values()) {
            stream.overflow();
        }
        streamMemory.reset();
    }

    /** How many messages of a stream may be unacknowledged; 0 for any number. */
    public int window() {
        return window;
    }

    public void window(int wanted) {
        window = wanted <= 0 ? 0 : Math.clamp(wanted, MIN_WINDOW, MAX_WINDOW);
    }

    /** Sends the greeting, and then reads. */
    void start() {
        loop.execute(() -> {
            output.write(handler.open());
            output.flush();
            lookWhetherLoggedIn();
            reader.start();
        });
    }

    /** Whether somebody has logged in, or nobody has to. Used by the reader only. */
    boolean isLoggedIn() {
        return loggedIn;
    }

    private void lookWhetherLoggedIn() {
        if (!loggedIn && handler.isLoggedIn()) {
            loggedIn = true;
            reader.loggedIn();
            whenLoggedIn.run();
        }
    }

    /** Prints a station of a request if {@link Trace#isOn}. */
    public void trace(@Nullable Seq seq, String station, String detail) {
        Trace.line("request", seq == null ? name : name + "#" + seq, station, detail);
    }

    boolean isImmediate(Request request) {
        return handler.isImmediate(request);
    }

    /** Called by the reader; on the loop only if the request {@linkplain #isImmediate is immediate}. */
    void answer(Request request) {
        if (Trace.isOn()) {
            trace(request.seq(), "gate", loop.isCurrent() ? "on the loop" : "on a virtual thread");
        }
        current = request;
        try {
            handler.handle(request);
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "internal error in " + request.getClass().getSimpleName(),
                    e);
            Seq seq = request.seq();
            fail(new Reply.Failed(seq, "internal error: " + e, Etype.OTHER, tock()));
            if (seq != null && request.isAnsweredByStream()) {
                stop(seq);
            }
        } finally {
            // Otherwise an idle connection would keep the last value that it sent.
            current = null;
            lookWhetherLoggedIn();
        }
    }

    /**
     * Refuses the current request: with a stream if a stream would have answered it. If a stream of that number is still
     * running, only the error is sent.
     */
    public void fail(Reply.Failed error) {
        Request request = current;
        Seq seq = error.seq();
        if (seq == null || request == null || !request.isAnsweredByStream() || streams.containsKey(seq)) {
            output.write(error);
            return;
        }
        // Fewer messages than the smallest window, so no acknowledgement has to be waited for.
        long counted = window == 0 ? 0 : 1;
        output.write(new Reply.StreamStart(seq, true, error.tock()), counted);
        output.write(error, 2 * counted);
        output.write(new Reply.StreamEnd(seq, error.tock()), 3 * counted);
    }

    /** Says why nothing more will be read. */
    void refuse(String reason) {
        output.write(new Reply.Failed(null, reason, Etype.REQUEST, tock()));
        output.finish();
    }

    /** Says why the server ends this connection, and reads no further. Any thread may call this. */
    public void dismiss(String reason) {
        loop.execute(() -> {
            if (!output.isFull()) {
                output.write(new Reply.Failed(null, reason, Etype.ACCESS, tock()));
                output.flush();
            }
            stop();
        });
    }

    /** Called at the end of the input: answers all requests, then closes. May wait. */
    void finish() {
        handler.close();
        writer.close();
        output.finish();
        streams.values().forEach(ReplyStream::close);
        streams.clear();
        abort();
        transport.release();
        memory.close();
        streamMemory.close();
        ended.countDown();
        whenEnded.accept(this);
    }

    /** Reads no further; the requests that have arrived are still answered. */
    public void stop() {
        try {
            transport.socket().shutdownInput();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed already", e);
        }
    }

    /** Waits until everything is answered and the connection is closed; false if that takes longer than this. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Drops the connection. */
    public void abort() {
        output.discard();
        try {
            transport.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        reader.closed();
    }

    /** Whether the client has left something unread for too long. */
    boolean isStuck() {
        return output.nanosWaiting() > context.unreadTimeout().toNanos();
    }

    /** Registers a new stream; false, with an error to the client, if that is not possible. */
    public boolean admit(ReplyStream stream) {
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
        Request request = current;
        if (request != null) {
            stream.endWhen(handler.denial(request));
        }
        return true;
    }

    /** Has all streams look again whether the client may have them. Any thread may call this. */
    public void recheckStreams() {
        streams.values().forEach(writer::ready);
    }

    /** Ends a stream; false if there is none. */
    public boolean stop(Seq seq) {
        ReplyStream stream = streams.remove(seq);
        if (stream == null) {
            return false;
        }
        stream.stop();
        stream.close();
        streamMemory.give(stream.footprint());
        writer.ready(stream);
        return true;
    }

    public void acknowledge(Seq seq, long wseq) {
        ReplyStream stream = streams.get(seq);
        if (stream != null) {
            stream.acknowledge(wseq);
            writer.ready(stream);
        }
    }

    /** The last message of a stream is written. */
    private void ended(ReplyStream stream) {
        if (streams.remove(stream.seq(), stream)) {
            stream.close();
            streamMemory.give(stream.footprint());
        }
    }

    /** The newest tock. */
    public long tock() {
        return context.tock().getAsLong();
    }
}
