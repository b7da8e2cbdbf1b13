package distkv.server.session;

import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.MemoryQuota;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a topic: the answer to {@code msg_monitor}. Messages cannot be left out for newer ones, so a stream
 * on which {@value #MAX} messages, or {@value #MAX_BYTES} bytes of them, are waiting OVERFLOWS, and so does one for which
 * there is no memory left: these are still sent, then an error, and the stream ends.
 */
final class MonitorStream extends ReplyStream {
    static final int MAX = 1_000;
    static final int MAX_BYTES = 16 << 20;

    /** What it takes to remember a message. */
    private static final int ITEM = 72;

    private final ServerContext site;
    private final List<String> pattern;
    private final boolean raw;
    private final ConnectionWriter outbox;
    private final MemoryQuota room;

    // This stream guards what follows; no other lock is taken inside.
    private final ArrayDeque<MessageHub.Message> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean overflowed;

    /** Whether the error about it was sent; only the session's writer uses this. */
    private boolean over;

    MonitorStream(Seq seq, int qlen, ServerContext site, List<String> pattern, boolean raw, ConnectionWriter outbox, MemoryQuota room) {
        super(seq, qlen);
        this.site = site;
        this.pattern = pattern;
        this.raw = raw;
        this.outbox = outbox;
        this.room = room;
    }

    /** Called by the senders' threads. */
    void offer(MessageHub.Message message) {
        synchronized (this) {
            int size = message.raw().array().length;
            if (overflowed) {
                return;
            }
            boolean full = waiting.size() == MAX || (waitingBytes + size > MAX_BYTES && !waiting.isEmpty());
            if (full || !room.take(size + ITEM)) {
                overflowed = true;
            } else {
                waiting.add(message);
                waitingBytes += size;
            }
        }
        outbox.ready(this);
    }

    @Override
    @Nullable
    Reply item() {
        MessageHub.Message message;
        synchronized (this) {
            message = waiting.poll();
            if (message != null) {
                waitingBytes -= message.raw().array().length;
                room.give(message.raw().array().length + ITEM);
            } else if (!overflowed || over) {
                return null;
            }
        }
        if (message == null) {
            over = true;
            return new Reply.Failed(
                    seq(),
                    "topic " + PythonRepr.cut(String.join("/", pattern))
                            + ": messages came faster than they were read (expected: at most " + MAX + " waiting)",
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
    boolean isOver() {
        return over;
    }

    @Override
    long tock() {
        return site.replica().snapshot().tock();
    }

    @Override
    long due() {
        return 0;
    }

    @Override
    long footprint() {
        return super.footprint() + pattern.stream().mapToLong(String::length).sum();
    }

    @Override
    void overflow() {
        synchronized (this) {
            overflowed = true;
            discard();
        }
        outbox.ready(this);
    }

    private void discard() {
        room.give(waitingBytes + (long) ITEM * waiting.size());
        waiting.clear();
        waitingBytes = 0;
    }

    @Override
    void close() {
        site.hub().remove(pattern, this);
        synchronized (this) {
            overflowed = true;
            discard();
        }
    }
}
