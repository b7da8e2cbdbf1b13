package distkv.server.session;

import distkv.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What comes to a connection from elsewhere: the items of its streams and the replies to its writes. Any thread may put
 * these in without waiting; one virtual thread writes them out. Its queues need no bound of their own: there are at
 * most as many replies as {@link InFlight} allows writes, and each stream is listed once.
 *
 * <p>Replies that were there at the beginning of a turn are written at its end, and before that everything that the
 * streams had by then. So items up to a revision come before the reply to the write that made it.
 */
final class Outbox implements Runnable {
    /** The replies to one commit, and what to do when they are written. */
    private record Done(List<? extends Reply> replies, Runnable whenWritten) {}

    private final Output output;
    private final Consumer<Stream> whenEnded;
    private final Queue<Stream> listed = new ConcurrentLinkedQueue<>();
    private final Queue<Done> done = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean closing;
    private final Thread thread;

    /** @param whenEnded called by the writer thread after it has sent a stream's end */
    Outbox(String name, Output output, Consumer<Stream> whenEnded) {
        this.output = output;
        this.whenEnded = whenEnded;
        this.thread = Thread.ofVirtual().name(name).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** There is something to send on this stream, or it may end. */
    void ready(Stream stream) {
        if (stream.list()) {
            listed.add(stream);
            signal();
        }
    }

    /** These replies can be written. */
    void done(List<? extends Reply> replies, Runnable whenWritten) {
        done.add(new Done(replies, whenWritten));
        signal();
    }

    /** Writes out the replies that are there, then ends the thread and waits for it. */
    void close() {
        closing = true;
        signal();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal() {
        if (!signalled.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        while (true) {
            boolean last = closing;
            signalled.set(false);
            boolean more = turn();
            if (last) {
                output.flush();
                return;
            }
            if (!more && !signalled.get()) {
                output.flush();
                while (!signalled.get()) {
                    LockSupport.park(this);
                }
            }
        }
    }

    /** Returns whether a stream has more that can be sent at once. */
    private boolean turn() {
        // In this order: what streams had when a reply came is then among what is sent before it.
        List<Done> replies = takeAll(done);
        List<Stream> streams = takeAll(listed);
        boolean more = false;
        for (Stream stream : streams) {
            more |= send(stream, !replies.isEmpty());
        }
        for (Done reply : replies) {
            try {
                reply.replies().forEach(output::write);
            } catch (RuntimeException e) {
                output.breakOff(e);
            }
            reply.whenWritten().run();
        }
        return more;
    }

    private boolean send(Stream stream, boolean all) {
        try {
            if (stream.send(output, all)) {
                if (stream.list()) {
                    listed.add(stream);
                }
                return true;
            }
            if (stream.hasEnded()) {
                whenEnded.accept(stream);
            }
        } catch (RuntimeException e) {
            output.breakOff(e);
        }
        return false;
    }

    private static <T> List<T> takeAll(Queue<T> queue) {
        List<T> all = new ArrayList<>();
        for (T next = queue.poll(); next != null; next = queue.poll()) {
            all.add(next);
        }
        return all;
    }
}
