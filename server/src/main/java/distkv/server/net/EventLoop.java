package distkv.server.net;

import distkv.model.process.VitalThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for all the connections that it was given: its thread, {@code distkv-loop}, calls each when bytes have arrived
 * and when its socket takes bytes again. Nothing that it calls may wait, since all other connections would wait, too.
 *
 * <p>An error in a handler ends its connection; one in a task or in the loop itself ends the process (see
 * {@link VitalThreads}).
 *
 * <p>The task queue needs no bound of its own: a connection has at most a handful of tasks in it.
 */
final class EventLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
    private static final int UNREAD = 8 * 1024;

    /** The part of a connection that runs on the loop's thread. */
    interface Handler {
        /** There are bytes to be read, or the end of the input. */
        void readable();

        /** Bytes can be sent again, after {@link #awaitWritable}. */
        void writable();

        /** One of the other methods has thrown. */
        void failed(RuntimeException fault);
    }

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether the thread waits, or is about to, so that a new task must wake it. */
    private final AtomicBoolean asleep = new AtomicBoolean();
    /** Receives input that is discarded; used by the loop's thread only. */
    private final ByteBuffer unread = ByteBuffer.allocateDirect(UNREAD);

    private volatile boolean closing;

    private EventLoop(Selector selector) {
        this.selector = selector;
        this.thread = VitalThreads.platform("distkv-loop", this::run);
    }

    static EventLoop start() throws IOException {
        EventLoop loop = new EventLoop(Selector.open());
        loop.thread.start();
        return loop;
    }

    /** Whether the caller is this loop's thread. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs a task on the loop's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        if (asleep.getAndSet(false)) {
            selector.wakeup();
        }
    }

    /** Has the handler called from now on when there is something to read. Called on the loop's thread. */
    SelectionKey register(SocketChannel channel, Handler handler) throws ClosedChannelException {
        return channel.register(selector, SelectionKey.OP_READ, handler);
    }

    /** Turns calls of {@link Handler#readable} on. Called on the loop's thread. */
    static void startReading(SelectionKey key) {
        set(key, SelectionKey.OP_READ, true);
    }

    /** Turns calls of {@link Handler#readable} off. Called on the loop's thread. */
    static void stopReading(SelectionKey key) {
        set(key, SelectionKey.OP_READ, false);
    }

    /** Calls {@link Handler#writable} once, when the socket takes bytes again. Called on the loop's thread. */
    static void awaitWritable(SelectionKey key) {
        set(key, SelectionKey.OP_WRITE, true);
    }

    private static void set(SelectionKey key, int interest, boolean on) {
        try {
            key.interestOps(on ? key.interestOps() | interest : key.interestOps() & ~interest);
        } catch (CancelledKeyException e) {
            LOG.log(System.Logger.Level.TRACE, "closed meanwhile", e);
        }
    }

    /** Reads input and discards it; false at its end. Called on the loop's thread. */
    boolean discard(SocketChannel channel) {
        try {
            return channel.read(unread.clear()) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void run() {
        try (selector) {
            while (!closing) {
                asleep.set(true);
                if (tasks.isEmpty()) {
                    selector.select(EventLoop::serve);
                } else {
                    selector.selectNow(EventLoop::serve);
                }
                asleep.set(false);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
        } catch (IOException e) {
            // The system is out of memory.
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(SelectionKey key) {
        Handler handler = (Handler) key.attachment();
        try {
            if (key.isWritable()) {
                set(key, SelectionKey.OP_WRITE, false);
                handler.writable();
            }
            if (key.isReadable()) {
                handler.readable();
            }
        } catch (CancelledKeyException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed meanwhile by another thread", e);
        } catch (RuntimeException e) {
            // An error in one connection must not end the others.
            handler.failed(e);
        }
    }

    /** Ends the thread, after its connections were closed. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        VitalThreads.join(thread);
    }
}
