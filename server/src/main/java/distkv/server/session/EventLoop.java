package distkv.server.session;

import distkv.store.VitalThreads;
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
 * Waits for all the connections that it was given: its thread, {@code distkv-loop}, calls each when bytes have come and
 * when there is room for more. Nothing that it calls may wait, since all other connections would wait too.
 *
 * <p>A fault of a member ends its connection, one of a task or of the loop itself the process (see {@link VitalThreads}).
 *
 * <p>Its queue needs no bound of its own: a connection is in it with at most a handful of tasks.
 */
final class EventLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
    private static final int UNREAD = 8 * 1024;

    /** What a connection does on the loop's thread. */
    interface Member {
        /** There are bytes to be read, or the end of them. */
        void readable();

        /** Bytes can be sent again, after {@link #wantRoom}. */
        void writable();

        /** One of the others has failed. */
        void failed(RuntimeException fault);
    }

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether the thread waits, or is about to, and must be woken for a new task. */
    private final AtomicBoolean asleep = new AtomicBoolean();
    /** Takes what nobody will read; only the loop's thread uses it. */
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

    /** From now on the member is called when there is something to read. Called on the loop's thread. */
    SelectionKey register(SocketChannel channel, Member member) throws ClosedChannelException {
        return channel.register(selector, SelectionKey.OP_READ, member);
    }

    /** Calls {@link Member#readable} again. Called on the loop's thread. */
    static void wantBytes(SelectionKey key) {
        set(key, SelectionKey.OP_READ, true);
    }

    /** Does not call {@link Member#readable} until it is wanted again. Called on the loop's thread. */
    static void wantNoBytes(SelectionKey key) {
        set(key, SelectionKey.OP_READ, false);
    }

    /** Calls {@link Member#writable} when there is room. Called on the loop's thread. */
    static void wantRoom(SelectionKey key) {
        set(key, SelectionKey.OP_WRITE, true);
    }

    private static void set(SelectionKey key, int interest, boolean on) {
        try {
            key.interestOps(on ? key.interestOps() | interest : key.interestOps() & ~interest);
        } catch (CancelledKeyException e) {
            LOG.log(System.Logger.Level.TRACE, "closed meanwhile", e);
        }
    }

    /** Reads what nobody wants any more; false at the end of the stream. Called on the loop's thread. */
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
            // This is how the system says that it has no memory left.
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(SelectionKey key) {
        Member member = (Member) key.attachment();
        try {
            if (key.isWritable()) {
                set(key, SelectionKey.OP_WRITE, false);
                member.writable();
            }
            if (key.isReadable()) {
                member.readable();
            }
        } catch (CancelledKeyException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed meanwhile by another thread", e);
        } catch (RuntimeException e) {
            // A fault in one connection must not end the others.
            member.failed(e);
        }
    }

    /** Ends the thread; its connections are closed before. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
