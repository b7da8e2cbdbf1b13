package distkv.server.net;

import distkv.model.process.Trace;
import distkv.model.process.VitalThreads;
import distkv.protocol.Frame;
import distkv.protocol.FrameBuffer;
import distkv.protocol.FrameLimits;
import distkv.protocol.ProtocolException;
import distkv.protocol.Request;
import distkv.protocol.codec.RequestDecoder;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The input of one connection. Requests are read and answered one after another by the holder of the gate: the
 * {@link EventLoop} as long as nothing has to be waited for, otherwise a virtual thread, which continues until nothing
 * more has arrived. Whoever reads the end of the input keeps the gate for good and finishes the connection.
 */
final class ConnectionReader implements EventLoop.Handler {
    /** Larger messages than this take too long for the loop. */
    private static final int SMALL = 8 * 1024;

    /** How long a client that was refused has to read the reason. */
    private static final int FAREWELL_MILLIS = 1_000;

    private static final System.Logger LOG = System.getLogger(ConnectionReader.class.getName());

    private final Connection connection;
    private final Transport transport;
    private final EventLoop loop;
    private final FrameLimits limits;
    private final SerialGate gate = new SerialGate();

    /** Used by the holder of the gate, like {@link #counted}. */
    private final FrameBuffer frames;

    /** How much of the connection's memory {@link #frames} has taken. */
    private int counted;

    /** Set on the loop's thread before anything is read. */
    private volatile @Nullable SelectionKey key;

    /** Set when further input is only discarded: counted down at its end. */
    private volatile @Nullable CountDownLatch farewell;

    /** @param before somebody has logged in */
    ConnectionReader(
            Connection connection, Transport transport, EventLoop loop, FrameLimits limits, LogInLimits before) {
        this.connection = connection;
        this.transport = transport;
        this.loop = loop;
        this.limits = limits;
        this.frames = new FrameBuffer(limits);
        frames.limit(Math.min(before.frame(), limits.maxSize()));
    }

    /** Somebody has logged in, or need not. Called by the holder of the gate, or before anything is read. */
    void loggedIn() {
        frames.limit(limits.maxSize());
    }

    /** Starts to read. Called on the loop's thread. */
    void start() {
        try {
            key = loop.register(transport.socket(), this);
        } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed already", e);
        }
        readable();
    }

    /** Has {@link #writable} called when the channel takes bytes again. Any thread may call this. */
    void awaitWritable() {
        loop.execute(() -> forKey(EventLoop::awaitWritable));
    }

    @Override
    public void failed(RuntimeException fault) {
        connection.output().fail(fault);
    }

    /** Has the end of the input noticed, now that the channel is closed. Any thread may call this. */
    void closed() {
        loop.execute(this::readable);
    }

    @Override
    public void writable() {
        connection.output().resume();
    }

    @Override
    public void readable() {
        if (!gate.enter()) {
            CountDownLatch unread = farewell;
            if (unread == null) {
                // The holder of the gate finds the bytes, and turns reading on again.
                forKey(EventLoop::stopReading);
            } else if (!loop.discard(transport.socket())) {
                forKey(EventLoop::stopReading);
                unread.countDown();
            }
            return;
        }
        try {
            do {
                if (!fill()) {
                    onVirtualThread(() -> false);
                    return;
                }
                Supplier<Request> next = answerImmediate();
                if (next != null) {
                    onVirtualThread(() -> answerAll(next));
                    return;
                }
                connection.output().flush();
                trim();
            } while (transport.hasInput() || !gate.leave());
        } catch (RuntimeException | IOException e) {
            onVirtualThread(() -> {
                throw e;
            });
        }
    }

    /** Answers the requests that need no waiting; returns the first one that does. */
    private @Nullable Supplier<Request> answerImmediate() {
        for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
            if (frame.size() > SMALL || connection.output().isFull()) {
                Frame left = frame;
                return () -> decode(left);
            }
            Request request = decode(frame);
            if (!connection.isImmediate(request)) {
                return () -> request;
            }
            connection.answer(request);
        }
        return null;
    }

    private Request decode(Frame frame) {
        Request request = RequestDecoder.decode(frame);
        if (Trace.isOn()) {
            connection.trace(request.seq(), "frame", frame.size() + " bytes");
            connection.trace(request.seq(), "parsed", request.getClass().getSimpleName());
        }
        return request;
    }

    private interface Work {
        /** Returns false at the end of the input. */
        boolean run() throws IOException;
    }

    /** Continues on a virtual thread, which then holds the gate. */
    private void onVirtualThread(Work work) {
        VitalThreads.virtual("distkv-reader", () -> {
                    if (!run(work)) {
                        connection.finish();
                    }
                })
                .start();
    }

    private boolean run(Work work) {
        try {
            if (work.run()) {
                return true;
            }
            if (frames.begun() > 0) {
                LOG.log(System.Logger.Level.DEBUG, "the input ended within a message");
            }
        } catch (ProtocolException e) {
            refuse((connection.isLoggedIn() ? "" : "before a log-in: ") + e.getMessage());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection lost", e);
        } catch (RuntimeException e) {
            connection.output().fail(e);
        }
        return false;
    }

    /** Answers, and waits where that is needed. Returns true when the gate was given back. */
    private boolean answerAll(Supplier<Request> first) throws IOException {
        boolean readingStopped = false;
        answer(first.get());
        while (true) {
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                answer(decode(frame));
            }
            trim();
            if (!transport.hasInput()) {
                if (gate.leave()) {
                    if (readingStopped) {
                        loop.execute(() -> forKey(EventLoop::startReading));
                    }
                    return true;
                }
                readingStopped = true;
            }
            if (!fill()) {
                return false;
            }
        }
    }

    private void answer(Request request) {
        connection.answer(request);
        if (!frames.ready()) {
            connection.output().flush();
        }
    }

    private boolean fill() throws IOException {
        boolean isOpen = frames.fill(transport);
        count();
        return isOpen;
    }

    /** Gives back the memory of a large message that has been answered. */
    private void trim() {
        if (counted > 0) {
            frames.trim();
            count();
        }
    }

    private void count() {
        int extra = frames.extra();
        if (extra != counted) {
            connection.memory().add(extra - counted);
            counted = extra;
        }
    }

    /** Says why nothing more will be read. */
    private void refuse(String reason) {
        connection.refuse(reason);
        CountDownLatch unread = new CountDownLatch(1);
        farewell = unread;
        try {
            // Input that is left unread would reset the connection and make the client lose this last message.
            transport.socket().shutdownOutput();
            loop.execute(() -> forKey(EventLoop::startReading));
            if (!unread.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "the client keeps sending");
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "client gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forKey(Consumer<SelectionKey> action) {
        SelectionKey known = key;
        if (known != null) {
            action.accept(known);
        }
    }
}
