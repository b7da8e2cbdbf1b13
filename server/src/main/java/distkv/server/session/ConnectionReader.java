package distkv.server.session;

import distkv.protocol.Frame;
import distkv.protocol.FrameBuffer;
import distkv.protocol.ProtocolException;
import distkv.protocol.Request;
import distkv.store.VitalThreads;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes in on one connection. Requests are read and done one after another, by whoever has the turn: the
 * {@link EventLoop} as long as nobody has to be waited for, else a virtual thread, which goes on until nothing more has
 * arrived. Whoever sees the end keeps the turn for ever, and finishes the session.
 */
final class ConnectionReader implements EventLoop.Member {
    /** Larger messages than this take too long for the loop. */
    private static final int SHORT = 8 * 1024;

    /** How long a client that was refused may take to read why. */
    private static final int FAREWELL_MILLIS = 1_000;

    private static final System.Logger LOG = System.getLogger(ConnectionReader.class.getName());

    private final Connection session;
    private final SocketChannel channel;
    private final EventLoop loop;
    private final SerialGate turn = new SerialGate();

    /** Used by who has the turn, as is what follows. */
    private final FrameBuffer frames;

    /** As much of the connections' memory as was taken for {@link #frames}. */
    private int counted;

    /** Set on the loop's thread before anything is read. */
    private volatile @Nullable SelectionKey key;

    /** If nobody wants any more what comes: counted down when it has ended. */
    private volatile @Nullable CountDownLatch farewell;

    ConnectionReader(Connection session, SocketChannel channel, EventLoop loop) {
        this.session = session;
        this.channel = channel;
        this.loop = loop;
        this.frames = new FrameBuffer(session.site().limits());
    }

    /** Reads from now on. Called on the loop's thread. */
    void start() {
        try {
            key = loop.register(channel, this);
        } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed already", e);
        }
        readable();
    }

    /** Sees to it that the output hears when there is room again. Any thread may call this. */
    void wantRoom() {
        loop.execute(() -> forKey(EventLoop::wantRoom));
    }

    @Override
    public void failed(RuntimeException fault) {
        session.output().breakOff(fault);
    }

    /** Looks once more, now that the channel is closed. Any thread may call this. */
    void closed() {
        loop.execute(this::readable);
    }

    @Override
    public void writable() {
        session.output().resume();
    }

    @Override
    public void readable() {
        if (!turn.take()) {
            CountDownLatch unread = farewell;
            if (unread == null) {
                // Whoever has the turn finds the bytes, and then wants to hear of more again.
                forKey(EventLoop::wantNoBytes);
            } else if (!loop.discard(channel)) {
                forKey(EventLoop::wantNoBytes);
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
                Frame left = answerShort();
                if (left != null) {
                    onVirtualThread(() -> answerAll(left));
                    return;
                }
                session.output().flush();
                trim();
            } while (!turn.giveBack());
        } catch (RuntimeException | IOException e) {
            onVirtualThread(() -> {
                throw e;
            });
        }
    }

    /** Answers what can be answered at once; returns the first request that cannot. */
    private @Nullable Frame answerShort() {
        for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
            if (frame.size() > SHORT || session.output().isFull()) {
                return frame;
            }
            Request request = Request.decode(frame);
            if (!session.isShort(request)) {
                return frame;
            }
            session.answer(request);
        }
        return null;
    }

    private interface Work {
        /** Returns false at the end of what comes in. */
        boolean isGoingOn() throws IOException;
    }

    /** Goes on on a virtual thread, which has the turn then. */
    private void onVirtualThread(Work work) {
        VitalThreads.virtual("distkv-reader", () -> {
                    if (!isGoingOn(work)) {
                        session.finish();
                    }
                })
                .start();
    }

    private boolean isGoingOn(Work work) {
        try {
            if (work.isGoingOn()) {
                return true;
            }
            if (frames.begun() > 0) {
                LOG.log(System.Logger.Level.DEBUG, "the end came within a message");
            }
        } catch (ProtocolException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection lost", e);
        } catch (RuntimeException e) {
            session.output().breakOff(e);
        }
        return false;
    }

    /** Answers, and waits where that is needed. Returns true when it has given the turn back. */
    private boolean answerAll(Frame first) throws IOException {
        boolean silenced = false;
        Frame frame = first;
        while (true) {
            for (; frame != null; frame = frames.next()) {
                session.answer(Request.decode(frame));
                if (!frames.ready()) {
                    session.output().flush();
                }
            }
            trim();
            if (turn.giveBack()) {
                if (silenced) {
                    loop.execute(() -> forKey(EventLoop::wantBytes));
                }
                return true;
            }
            silenced = true;
            if (!fill()) {
                return false;
            }
            frame = frames.next();
        }
    }

    private boolean fill() throws IOException {
        boolean isOpen = frames.fill(channel);
        count();
        return isOpen;
    }

    /** Gives back the memory of a large message that is done. */
    private void trim() {
        if (counted > 0) {
            frames.trim();
            count();
        }
    }

    private void count() {
        int extra = frames.extra();
        if (extra != counted) {
            session.memory().add(extra - counted);
            counted = extra;
        }
    }

    /** Says why nothing more is read. */
    private void refuse(String reason) {
        session.refuse(reason);
        CountDownLatch unread = new CountDownLatch(1);
        farewell = unread;
        try {
            // What the client has sent and nobody read would make its system discard this last message.
            channel.shutdownOutput();
            loop.execute(() -> forKey(EventLoop::wantBytes));
            if (!unread.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "the client does not stop sending");
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
