package distkv.server.session;

import distkv.protocol.Reply;
import distkv.protocol.Seq;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A reply of many messages: a start, items, an end. The session's writer takes them from here as the client can
 * take them. A stream of which {@code qlen − 1} messages are not acknowledged is STALLED: it sends nothing until an
 * acknowledgement comes, and nothing else waits for it.
 */
abstract class ReplyStream {
    /** The most items that are sent before other streams get their turn. */
    private static final int TURN = 256;

    /** What a stream takes that has nothing to send. */
    private static final int FOOTPRINT = 600;

    private enum Phase {
        NEW,
        RUNNING,
        ENDED
    }

    private final Seq seq;
    private final int qlen;

    /** Whether the writer has this stream on its list. */
    private final AtomicBoolean listed = new AtomicBoolean();

    private volatile boolean stopped;
    private volatile long acknowledged;

    // Only the session's writer uses these.
    private Phase phase = Phase.NEW;
    private long sent;

    /** @param qlen how many messages may be unacknowledged, 0 for any number */
    ReplyStream(Seq seq, int qlen) {
        this.seq = seq;
        this.qlen = qlen;
    }

    final Seq seq() {
        return seq;
    }

    /** About how many bytes of memory it takes, without what waits in it. */
    long footprint() {
        return FOOTPRINT;
    }

    /** The next item, {@code null} if there is none now. */
    abstract @Nullable Reply item();

    /** Whether {@link #item} has returned the last one. */
    abstract boolean isOver();

    /** The tock of messages that are about no entry. */
    abstract long tock();

    /** How many items {@link #item} must have returned for all that has happened until now to be sent. */
    abstract long due();

    /** Lets go of all that waits: there is no memory left for it. The stream ends with an error that says so. */
    abstract void overflow();

    /** Gives back what the stream holds. Called once, when it has ended or its connection has. */
    abstract void close();

    /** Puts it on the writer's list; false if it is there already. */
    final boolean list() {
        return listed.compareAndSet(false, true);
    }

    /** Ends it after the message that is being sent now. */
    final void stop() {
        stopped = true;
    }

    final void acknowledge(long wseq) {
        // Only the session's reader gets here, so nothing is lost between reading and writing.
        acknowledged = Math.max(acknowledged, wseq);
    }

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
                Reply item = stopped ? null : item();
                if (item != null || !(stopped || isOver())) {
                    yield item;
                }
                phase = Phase.ENDED;
                yield new Reply.StreamEnd(seq, tock());
            }
            case ENDED -> null;
        };
    }
}
