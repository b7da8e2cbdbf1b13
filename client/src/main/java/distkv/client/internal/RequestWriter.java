package distkv.client.internal;

import distkv.protocol.MsgWriter;
import distkv.protocol.Request;
import distkv.protocol.codec.RequestEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Collects the requests of all threads, and writes them in batches on a thread of its own: if callers wrote,
 * interrupting one would close the socket for all.
 */
public final class RequestWriter implements Runnable {
    /** A caller blocks while more bytes than this are waiting. */
    private static final int FULL = 1 << 20;

    private final OutputStream out;
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private MsgWriter waiting = new MsgWriter();
    private RequestEncoder encoder = new RequestEncoder(waiting);
    private boolean closed;

    public RequestWriter(OutputStream out) {
        this.out = out;
    }

    /** Queues a request. Blocks while the buffer is full. */
    public void write(Request request) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.size() > FULL && !closed) {
                changed.await();
            }
            encode(request);
        } finally {
            lock.unlock();
        }
    }

    /** Queues a request without blocking, for the reading thread: such requests are few and small. */
    public void writeNow(Request request) {
        lock.lock();
        try {
            encode(request);
        } finally {
            lock.unlock();
        }
    }

    private void encode(Request request) {
        if (!closed) {
            boolean idle = waiting.size() == 0;
            encoder.write(request);
            if (idle) {
                changed.signalAll();
            }
        }
    }

    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writes until it is closed or the connection fails. */
    @Override
    public void run() {
        MsgWriter mine = new MsgWriter();
        try {
            while (true) {
                mine = exchange(mine);
                if (mine.size() == 0) {
                    return;
                }
                mine.drainTo(out);
            }
        } catch (IOException | InterruptedException e) {
            close();
            closeSocket();
        }
    }

    /** Closes the socket, so that the reading thread notices. */
    private void closeSocket() {
        try {
            out.close();
        } catch (IOException e) {
            // The connection is given up in any case.
        }
    }

    /** Waits for something to write and takes it, leaving the empty buffer in its place. */
    private MsgWriter exchange(MsgWriter empty) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.size() == 0 && !closed) {
                changed.await();
            }
            MsgWriter full = waiting;
            waiting = empty;
            encoder = new RequestEncoder(empty);
            changed.signalAll();
            return full;
        } finally {
            lock.unlock();
        }
    }
}
