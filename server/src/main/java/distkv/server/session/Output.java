package distkv.server.session;

import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.ReplyEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What goes out on one connection. The session's reader and writer threads both write here, whole messages at a time;
 * bytes are sent when {@value #ENOUGH} are waiting or somebody flushes. Sending waits for a client that does not read,
 * and so do all who want to write then: a connection never holds more than that and the one message that did not fit.
 */
final class Output {
    private static final System.Logger LOG = System.getLogger(Output.class.getName());
    private static final int ENOUGH = 32 * 1024;

    private final OutputStream out;
    private final Runnable whenBroken;

    /** Guards the buffer and the order of what is sent. No other lock is taken inside. */
    private final ReentrantLock lock = new ReentrantLock();

    private final MsgWriter buffer = new MsgWriter();
    private final ReplyEncoder encoder = new ReplyEncoder(buffer);
    private boolean broken;

    /** When the sending that goes on now began, by {@link System#nanoTime}; 0 if there is none. */
    private volatile long sendingSince;

    /** @param whenBroken called when the connection takes no more */
    Output(OutputStream out, Runnable whenBroken) {
        this.out = out;
        this.whenBroken = whenBroken;
    }

    void write(Reply reply) {
        write(reply, 0);
    }

    /** @param wseq the number of this item in its stream, 0 for none */
    void write(Reply reply, long wseq) {
        lock.lock();
        try {
            encoder.write(reply, wseq);
            if (buffer.size() >= ENOUGH) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    void flush() {
        lock.lock();
        try {
            if (buffer.size() > 0) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection because of a fault of this server. */
    void breakOff(RuntimeException fault) {
        LOG.log(System.Logger.Level.ERROR, "dropping a connection", fault);
        lock.lock();
        try {
            broken = true;
        } finally {
            lock.unlock();
        }
        whenBroken.run();
    }

    /** How long the client has taken nothing while something is being sent. */
    long nanosWaiting() {
        long since = sendingSince;
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    private void send() {
        if (broken) {
            buffer.clear();
            return;
        }
        sendingSince = System.nanoTime() | 1;
        try {
            buffer.drainTo(out);
        } catch (IOException e) {
            broken = true;
            buffer.clear();
            whenBroken.run();
        } finally {
            sendingSince = 0;
        }
    }
}
