package distkv.server.net;

import distkv.model.process.Trace;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.protocol.codec.ReplyEncoder;
import distkv.server.memory.MemoryBudget;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The output of one connection. Several threads write here, whole messages at a time; bytes are sent when
 * {@value #ENOUGH} are waiting or on {@link #flush}.
 *
 * <p>When the socket does not take them all, the buffer is FULL: the {@link EventLoop} sends the rest when the socket is
 * writable, and until then other threads that write wait. The loop itself never waits: it checks {@link #isFull} before
 * it writes, so it adds at most one message.
 */
public final class OutputBuffer {
    private static final System.Logger LOG = System.getLogger(OutputBuffer.class.getName());
    private static final int ENOUGH = 32 * 1024;

    /** The most that is sent at once, since the JVM keeps a direct buffer of this size for each thread. */
    private static final int SLICE = 64 * 1024;

    private final Connection connection;
    private final Transport transport;
    private final EventLoop loop;
    private final Runnable whenFull;
    private final MemoryBudget.Share memory;

    /** Guards everything below and the order of what is sent. No other lock is taken while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition empty = lock.newCondition();
    private final MsgWriter buffer = new MsgWriter();
    private final ReplyEncoder encoder = new ReplyEncoder(buffer);
    /** How many bytes of the buffer have been sent. */
    private int sent;

    private boolean broken;

    /** The requests with messages in the buffer, for the trace; empty if that is off. */
    private final Set<Seq> traced = new LinkedHashSet<>();

    /** How much of the connection's memory the buffer has taken. */
    private int counted;

    /** Since when the socket has taken nothing, by {@link System#nanoTime}; 0 if the buffer is not FULL. */
    private volatile long fullSince;

    /**
     * @param whenFull has {@link #resume} called when the socket is writable
     * @param memory accounts for what waits here
     */
    OutputBuffer(
            Connection connection, Transport transport, EventLoop loop, Runnable whenFull, MemoryBudget.Share memory) {
        this.connection = connection;
        this.transport = transport;
        this.loop = loop;
        this.whenFull = whenFull;
        this.memory = memory;
    }

    public boolean isFull() {
        return fullSince != 0;
    }

    public void write(Reply reply) {
        write(reply, 0);
    }

    /** @param wseq the number of this message in its stream; 0 for none */
    void write(Reply reply, long wseq) {
        lock.lock();
        try {
            if (isFull() && !loop.isCurrent()) {
                long size = ReplySize.of(reply);
                memory.add(size);
                awaitWritable();
                memory.give(size);
            }
            encoder.write(reply, wseq);
            if (Trace.isOn()) {
                trace(reply);
            }
            count();
            if (buffer.size() - sent >= ENOUGH && !isFull()) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitWritable() {
        while (isFull() && !loop.isCurrent()) {
            empty.awaitUninterruptibly();
        }
    }

    public void flush() {
        lock.lock();
        try {
            if (!isFull()) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Flushes, waits until everything is sent or the connection has failed, and says that nothing more follows. */
    void finish() {
        lock.lock();
        try {
            awaitWritable();
            send();
            awaitWritable();
            if (!broken) {
                transport.finish();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "client gone", e);
        } finally {
            lock.unlock();
        }
    }

    /** Sends more after the buffer was FULL. Called on the loop's thread. */
    void resume() {
        lock.lock();
        try {
            send();
        } finally {
            lock.unlock();
        }
    }

    /** Drops the connection because of an internal error. */
    void fail(RuntimeException fault) {
        LOG.log(System.Logger.Level.ERROR, "dropping a connection", fault);
        connection.abort();
    }

    private void trace(Reply reply) {
        Seq seq = reply.seq();
        connection.trace(seq, "reply", reply.getClass().getSimpleName());
        if (seq != null) {
            traced.add(seq);
        }
    }

    /** Discards the output, now and from now on, so that nobody waits. */
    void discard() {
        lock.lock();
        try {
            broken = true;
            done();
        } finally {
            lock.unlock();
        }
    }

    /** How long the client has read nothing while something was to be sent. */
    long nanosWaiting() {
        long since = fullSince;
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    private void send() {
        try {
            while (sent < buffer.size() && !broken) {
                int count = buffer.writeTo(transport, sent, SLICE);
                sent += count;
                if (count == 0) {
                    full();
                    return;
                }
                fullSince = fullSince == 0 ? 0 : System.nanoTime() | 1;
            }
            if (!broken && !transport.flush()) {
                full();
                return;
            }
            done();
        } catch (IOException e) {
            broken = true;
            done();
            connection.abort();
        }
    }

    private void full() {
        whenFull.run();
        fullSince = fullSince == 0 ? System.nanoTime() | 1 : fullSince;
    }

    private void count() {
        int extra = buffer.extra();
        if (extra != counted) {
            memory.add(extra - counted);
            counted = extra;
        }
    }

    private void done() {
        if (!traced.isEmpty()) {
            traced.forEach(seq -> connection.trace(seq, broken ? "discarded" : "flushed", ""));
            traced.clear();
        }
        buffer.clear();
        count();
        sent = 0;
        fullSince = 0;
        empty.signalAll();
    }
}
