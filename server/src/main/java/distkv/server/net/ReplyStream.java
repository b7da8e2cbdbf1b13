package distkv.server.net;

import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A reply of many messages: a start, items, an end. The connection's writer takes them from here as fast as the client
 * does. A stream of which {@code qlen − 1} messages are unacknowledged is STALLED: it sends nothing until an
 * acknowledgement arrives, and holds nothing else up.
 */
public abstract class ReplyStream {
    /** The most items that are sent before other streams have their turn. */
    private static final int TURN = 256;

    /** The memory of a stream that has nothing to send, in bytes. */
    private static final int FOOTPRINT = 600;

    private enum Phase {
        NEW,
        RUNNING,
        DENIED,
        ENDED
    }

    private final Seq seq;
    private final int qlen;

    /** Whether the writer has this stream on its list. */
    private final AtomicBoolean listed = new AtomicBoolean();

    /** Says why the client may not have this stream any more; {@code null} as long as it may. */
    private volatile Supplier<@Nullable String> denial = () -> null;

    private volatile boolean stopped;
    private volatile long acknowledged;

    // Used by the writer only.
    private Phase phase = Phase.NEW;
    private long sent;

    /** @param qlen how many messages may be unacknowledged; 0 for any number */
    protected ReplyStream(Seq seq, int qlen) {
        this.seq = seq;
        this.qlen = qlen;
    }

    protected final Seq seq() {
        return seq;
    }

    /** The approximate number of bytes of memory it takes, without what waits in it. */
    protected long footprint() {
        return FOOTPRINT;
    }

    /** The next item; {@code null} if there is none now. */
    protected abstract @Nullable Reply item();

    /** Whether {@link #item} has returned the last one. */
    protected abstract boolean isOver();

    /** The tock of messages that are about no entry. */
    protected abstract long tock();

    /** How many more items {@link #item} must return for everything that has happened until now to be sent. */
    protected abstract long due();

    /** Drops everything that waits, as no memory is left for it. The stream ends with an error that says so. */
    protected abstract void overflow();

    /** Gives back what the stream holds. Called once, when the stream or its connection has ended. */
    public abstract void close();

    /** Puts it on the writer's list; false if it is there already. */
    final boolean list() {
        return listed.compareAndSet(false, true);
    }

    /** Has the stream end with an error as soon as this gives a reason. It is asked before each item. */
    final void endWhen(Supplier<@Nullable String> isDenied) {
        denial = isDenied;
    }

    /** Ends it after the message that is being sent now. */
    final void stop() {
        stopped = true;
    }

    final void acknowledge(long wseq) {
        // Called by the reader only, so no update is lost.
        acknowledged = Math.max(acknowledged, wseq);
        processed(wseq);
    }

    /** The client has processed the stream up to this message; the first one has the number 1. */
    protected void processed(long wseq) {}

    final boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    /**
     * Sends what can be sent: one turn, or with {@code all} everything that has happened until now.
     *
     * @return whether there is more that can be sent at once
     */
    final boolean send(OutputBuffer output, boolean all) {
        listed.set(false);
        long turn = all ? Math.max(TURN, due() + 2) : TURN;
        for (long i = 0; i < turn; i++) {
            if (isStalled() && !stopped) {
                return false;
            }
            Reply next = next();
            if (next == null) {
                return false;
            }
            output.write(next, qlen == 0 ? 0 : ++sent);
            if (phase == Phase.ENDED) {
                return false;
            }
        }
        return true;
    }

    private boolean isStalled() {
        return qlen > 0 && sent + 1 - acknowledged >= qlen;
    }

    private @Nullable Reply next() {
        return switch (phase) {
            case NEW -> {
                phase = Phase.RUNNING;
                yield new Reply.StreamStart(seq, tock());
            }
            case RUNNING -> {
                String reason = stopped ? null : denial.get();
                if (reason != null) {
                    phase = Phase.DENIED;
                    yield new Reply.Failed(seq, reason, Etype.ACCESS, tock());
                }
                Reply item = stopped ? null : item();
                if (item != null || !(stopped || isOver())) {
                    yield item;
                }
                phase = Phase.ENDED;
                yield new Reply.StreamEnd(seq, tock());
            }
            case DENIED -> {
                phase = Phase.ENDED;
                yield new Reply.StreamEnd(seq, tock());
            }
            case ENDED -> null;
        };
    }
}
