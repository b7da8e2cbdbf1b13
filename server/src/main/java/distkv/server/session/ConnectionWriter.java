package distkv.server.session;

import distkv.protocol.Reply;
import distkv.store.VitalThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * What comes to a connection from elsewhere: the items of its streams and the replies to its writes. Any thread may put
 * these in without waiting; one at a time writes them out: the {@link EventLoop} if there are only replies and room for
 * them, otherwise a virtual thread that ends when there is nothing more. Its queues need no bound of their own: there
 * are at most as many replies as {@link InFlightWrites} allows writes, and each stream is listed once.
 *
 * <p>Replies that were there at the beginning of a turn are written at its end, and before that everything that the
 * streams had by then. So items up to a revision come before the reply to the write that made it.
 */
final class ConnectionWriter {
    /** The replies to one commit, and what to do when they are written. */
    private record Done(List<? extends Reply> replies, long held, Runnable whenWritten) {}

    private final EventLoop loop;
    private final OutputBuffer output;
    private final MemoryBudget.Share memory;
    private final Consumer<ReplyStream> whenEnded;
    private final Queue<ReplyStream> listed = new ConcurrentLinkedQueue<>();
    private final Queue<Done> done = new ConcurrentLinkedQueue<>();
    private final SerialGate turn = new SerialGate();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;

    /**
     * @param memory is told what waits here
     * @param whenEnded called after a stream's end is written
     */
    ConnectionWriter(EventLoop loop, OutputBuffer output, MemoryBudget.Share memory, Consumer<ReplyStream> whenEnded) {
        this.loop = loop;
        this.output = output;
        this.memory = memory;
        this.whenEnded = whenEnded;
    }

    /** There is something to send on this stream, or it may end. */
    void ready(ReplyStream stream) {
        if (stream.list()) {
            listed.add(stream);
            if (turn.take()) {
                write(List.of());
            }
        }
    }

    /** These replies can be written. */
    void done(List<? extends Reply> replies, Runnable whenWritten) {
        long held = ReplySize.by(replies);
        memory.add(held);
        done.add(new Done(replies, held, whenWritten));
        if (turn.take()) {
            loop.execute(this::writeOnLoop);
        }
    }

    /** Waits until the replies that are there are written. */
    void close() {
        closing = true;
        if (turn.take()) {
            write(List.of());
        }
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeOnLoop() {
        do {
            List<Done> replies = takeAll(done);
            // Looked at in this order: what streams had when a reply came is then written before it.
            if (!listed.isEmpty()) {
                write(replies);
                return;
            }
            for (int i = 0; i < replies.size(); i++) {
                if (output.isFull()) {
                    write(replies.subList(i, replies.size()));
                    return;
                }
                write(replies.get(i));
            }
            output.flush();
        } while (!giveBack());
    }

    /** Goes on writing on a virtual thread. */
    private void write(List<Done> first) {
        VitalThreads.virtual("distkv-writer", () -> writeAll(first)).start();
    }

    private void writeAll(List<Done> first) {
        List<Done> replies = new ArrayList<>(first);
        boolean more;
        do {
            replies.addAll(takeAll(done));
            more = writeAll(takeAll(listed), replies);
            replies.clear();
            if (!more && !turn.isWanted()) {
                output.flush();
            }
        } while (more || !giveBack());
    }

    private boolean giveBack() {
        boolean last = closing;
        boolean given = turn.giveBack();
        if (given && last) {
            ended.countDown();
        }
        return given;
    }

    /** Returns whether a stream has more that can be sent at once. */
    private boolean writeAll(List<ReplyStream> streams, List<Done> replies) {
        boolean more = false;
        for (ReplyStream stream : streams) {
            more |= send(stream, !replies.isEmpty());
        }
        replies.forEach(this::write);
        return more && !closing;
    }

    private void write(Done reply) {
        try {
            reply.replies().forEach(output::write);
        } catch (RuntimeException e) {
            output.breakOff(e);
        }
        memory.give(reply.held());
        reply.whenWritten().run();
    }

    private boolean send(ReplyStream stream, boolean all) {
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
