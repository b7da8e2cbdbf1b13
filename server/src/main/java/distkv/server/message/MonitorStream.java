package distkv.server.message;

import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.memory.MemoryQuota;
import distkv.server.net.Connection;
import distkv.server.net.ReplyStream;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a topic: the answer to {@code msg_monitor}. Newer messages do not replace older ones, so a stream with
 * {@value #MAX} waiting messages, or {@value #MAX_BYTES} bytes of them, OVERFLOWS, and so does one for which no memory is
 * left: what waits is still sent, then an error, and the stream ends.
 */
public final class MonitorStream extends ReplyStream {
    public static final int MAX = 1_000;
    static final int MAX_BYTES = 16 << 20;

    /** The memory for a waiting message besides its bytes. */
    private static final int ITEM = 72;

    private final MessageHub hub;
    private final List<String> pattern;
    private final String shownPattern;
    private final boolean raw;
    private final Connection connection;
    private final MemoryQuota quota;

    // Guarded by this stream; no other lock is taken while it is held.
    private final ArrayDeque<TopicMessage> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean overflowed;

    /** Whether the error about that was sent; used by the writer only. */
    private boolean over;

    /**
     * @param shownPattern the pattern as error messages show it
     * @param raw whether messages are sent as bytes
     */
    public MonitorStream(
            Seq seq, Connection connection, MessageHub hub, List<String> pattern, String shownPattern, boolean raw) {
        super(seq, connection.window());
        this.connection = connection;
        this.hub = hub;
        this.pattern = pattern;
        this.shownPattern = shownPattern;
        this.raw = raw;
        this.quota = connection.streamMemory();
    }

    /** Called by the senders' threads. */
    void offer(TopicMessage message) {
        synchronized (this) {
            int size = message.size();
            if (overflowed) {
                return;
            }
            boolean full = waiting.size() == MAX || (waitingBytes + size > MAX_BYTES && !waiting.isEmpty());
            if (full || !quota.take(size + ITEM)) {
                overflowed = true;
            } else {
                waiting.add(message);
                waitingBytes += size;
            }
        }
        connection.writer().ready(this);
    }

    @Override
    protected @Nullable Reply item() {
        TopicMessage message;
        synchronized (this) {
            message = waiting.poll();
            if (message != null) {
                waitingBytes -= message.size();
                quota.give(message.size() + ITEM);
            } else if (!overflowed || over) {
                return null;
            }
        }
        if (message == null) {
            over = true;
            return new Reply.Failed(
                    seq(),
                    "topic " + shownPattern + ": messages came faster than they were read (expected: at most " + MAX
                            + " waiting)",
                    Etype.OVERFLOW,
                    tock());
        }
        if (raw) {
            return new Reply.Message(seq(), message.topic(), null, message.raw(), null, tock());
        }
        return message.data() != null
                ? new Reply.Message(seq(), message.topic(), message.data(), null, null, tock())
                : new Reply.Message(seq(), message.topic(), null, message.raw(), "FormatError()", tock());
    }

    @Override
    protected boolean isOver() {
        return over;
    }

    @Override
    protected long tock() {
        return connection.tock();
    }

    @Override
    protected long due() {
        return 0;
    }

    @Override
    protected long footprint() {
        return super.footprint() + pattern.stream().mapToLong(String::length).sum();
    }

    @Override
    protected void overflow() {
        synchronized (this) {
            overflowed = true;
            discard();
        }
        connection.writer().ready(this);
    }

    private void discard() {
        quota.give(waitingBytes + (long) ITEM * waiting.size());
        waiting.clear();
        waitingBytes = 0;
    }

    @Override
    public void close() {
        hub.remove(pattern, this);
        synchronized (this) {
            overflowed = true;
            discard();
        }
    }
}
