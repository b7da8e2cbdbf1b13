package distkv.client;

import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * The reader of a stream of replies. Its queue holds the connection's window, which the server does not exceed. A
 * server that does not count items can overflow the queue; then the stream ends with {@code OVERFLOW}. Only one thread
 * may read it.
 */
public final class StreamReader implements ServerConnection.ReplyReceiver {
    /** The capacity of the queue if the server does not count items. */
    private static final int UNCOUNTED = 65_536;

    private sealed interface Received {
        record Item(Reply reply) implements Received {}

        record Lost(ServerConnectionException cause) implements Received {}
    }

    private final ServerConnection connection;
    private final BlockingQueue<Received> queue;
    private final long seq;
    private final int window;
    private final boolean isManual;
    private long taken;
    private long acknowledged;

    private StreamReader(ServerConnection connection, Function<Seq, Request> request, boolean isManual)
            throws InterruptedException {
        this.connection = connection;
        this.window = connection.window();
        this.isManual = isManual;
        // One place more than the window, for the loss of the connection.
        this.queue = new LinkedBlockingQueue<>(window == 0 ? UNCOUNTED : window + 1);
        this.seq = connection.send(this, request);
    }

    static StreamReader open(ServerConnection connection, Function<Seq, Request> request) throws InterruptedException {
        return new StreamReader(connection, request, false);
    }

    /** Like {@link #open}, but only {@link #acknowledge} acknowledges items. */
    static StreamReader openManually(ServerConnection connection, Function<Seq, Request> request)
            throws InterruptedException {
        return new StreamReader(connection, request, true);
    }

    /** Says that everything is processed that {@link #next} has returned. */
    public void acknowledge() {
        connection.acknowledge(seq, taken);
    }

    @Override
    public boolean receive(Reply reply) {
        if (reply instanceof Reply.StreamStart start && start.refused()) {
            // The error follows as the first reply.
            return true;
        }
        if (!queue.offer(new Received.Item(reply))) {
            lost(new ServerConnectionException("more items than the window of a stream holds", false));
            return false;
        }
        return !(reply instanceof Reply.StreamEnd);
    }

    @Override
    public void lost(ServerConnectionException cause) {
        while (!queue.offer(new Received.Lost(cause))) {
            queue.poll();
        }
    }

    /**
     * Waits for the next reply.
     *
     * @throws ServerConnectionException if the connection is lost
     */
    public Reply next() throws InterruptedException {
        return switch (queue.take()) {
            case Received.Item(Reply reply) -> {
                taken++;
                if (!isManual && window > 0 && taken - acknowledged > window / 3) {
                    acknowledged = taken;
                    connection.acknowledge(seq, taken);
                }
                yield reply;
            }
            case Received.Lost(ServerConnectionException cause) -> throw cause;
        };
    }

    /** Ends the stream and wakes its reader. */
    void close(String reason) {
        connection.stop(seq);
        lost(new ServerConnectionException(reason, false));
    }
}
