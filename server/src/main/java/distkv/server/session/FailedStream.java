package distkv.server.session;

import distkv.protocol.Reply;
import distkv.protocol.Seq;
import org.jspecify.annotations.Nullable;

/** A stream that cannot be had: its start, the reason, its end. */
final class FailedStream extends Stream {
    private final Reply.Failed error;
    private boolean over;

    FailedStream(Seq seq, int qlen, Reply.Failed error) {
        super(seq, qlen);
        this.error = error;
    }

    @Override
    @Nullable
    Reply item() {
        if (over) {
            return null;
        }
        over = true;
        return error;
    }

    @Override
    boolean isOver() {
        return over;
    }

    @Override
    long tock() {
        return error.tock();
    }

    @Override
    long due() {
        return 0;
    }

    @Override
    void overflow() {}

    @Override
    void close() {}
}
