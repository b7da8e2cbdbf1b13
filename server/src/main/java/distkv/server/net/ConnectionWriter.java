package distkv.server.net;

import distkv.model.process.VitalThreads;
import distkv.protocol.Reply;
import distkv.server.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * What a connection sends when it becomes ready: the items of its streams and the replies to its writes. Any thread may
 * add them without waiting; the holder of the gate writes them out: the {@link EventLoop} if there are only replies and
 * the output takes them, otherwise a virtual thread that ends when nothing is left. The queues need no bound of their own:
 * there are at most as many replies as a client may have pending writes, and each stream is listed once.
 *
 * <p>Replies that are there at the beginning of a round are written at its end, after everything that the streams had by
 * then. So the items of a revision precede the reply to the write that made it.
 */
public final class ConnectionWriter {
    /** The replies to one commit, and what to do when they are written. */
    private record Ready(List<? extends Reply> replies, long size, Runnable whenWritten) {}

    private final EventLoop loop;
    private final OutputBuffer output;
    private final MemoryBudget.Share memory;
    private final Consumer<ReplyStream> whenEnded;
    private final Queue<ReplyStream> listed = new ConcurrentLinkedQueue<>();
    private final Queue<Ready> ready = new ConcurrentLinkedQueue<>();
    private final SerialGate gate = new SerialGate();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;

    /**
     * @param memory accounts for what waits here
     * @param whenEnded called after the end of a stream is written
     */
    ConnectionWriter(EventLoop loop, OutputBuffer output, MemoryBudget.Share memory, Consumer<ReplyStream> whenEnded) {
        this.loop = loop;
        this.output = output;
        this.memory = memory;
        this.whenEnded = whenEnded;
    }

    /** This stream has something to send, or may end. */
    public void ready(ReplyStream stream) {
        if (stream.list()) {
            listed.add(stream);
            if (gate.enter()) {
                write(List.of());
            }
        }
    }

    /** These replies can be written. */
    public void ready(List<? extends Reply> replies, Runnable whenWritten) {
        long size = ReplySize.of(replies);
        memory.add(size);
        ready.add(new Ready(replies, size, whenWritten));
        if (gate.enter()) {
            loop.execute(this::writeOnLoop);
        }
    }

    /** Waits until the replies that are there are written. */
    void close() {
        closing = true;
        if (gate.enter()) {
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
            List<Ready> replies = takeAll(ready);
            // In this order: what streams had when a reply became ready is then written before it.
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
        } while (!leave());
    }

    /** Continues on a virtual thread. */
    private void write(List<Ready> first) {
        VitalThreads.virtual("distkv-writer", () -> writeAll(first)).start();
    }

    private void writeAll(List<Ready> first) {
        List<Ready> replies = new ArrayList<>(first);
        boolean more;
        do {
            replies.addAll(takeAll(ready));
            more = writeAll(takeAll(listed), replies);
            replies.clear();
            if (!more && !gate.isRequested()) {
                output.flush();
            }
        } while (more || !leave());
    }

    private boolean leave() {
        boolean last = closing;
        boolean left = gate.leave();
        if (left && last) {
            ended.countDown();
        }
        return left;
    }

    /** Returns whether a stream has more that can be sent at once. */
    private boolean writeAll(List<ReplyStream> streams, List<Ready> replies) {
        boolean more = false;
        for (ReplyStream stream : streams) {
            more |= send(stream, !replies.isEmpty());
        }
        replies.forEach(this::write);
        return more && !closing;
    }

    private void write(Ready reply) {
        try {
            reply.replies().forEach(output::write);
        } catch (RuntimeException e) {
            output.fail(e);
        }
        memory.give(reply.size());
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
            output.fail(e);
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
