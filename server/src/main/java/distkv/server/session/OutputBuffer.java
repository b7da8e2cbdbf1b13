package distkv.server.session;

import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.ReplyEncoder;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What goes out on one connection. Several threads write here, whole messages at a time; bytes are sent when
 * {@value #ENOUGH} are waiting or somebody flushes.
 *
 * <p>When the system does not take them all the output is FULL: the rest is sent by the {@link EventLoop} when there is room,
 * and until then who wants to write waits. The loop itself never waits. It looks whether there {@linkplain #isFull is
 * room} before it writes, so at most one message of its own comes on top.
 */
final class OutputBuffer {
    private static final System.Logger LOG = System.getLogger(OutputBuffer.class.getName());
    private static final int ENOUGH = 32 * 1024;

    /** The most that is sent at once: the virtual machine keeps a copy of this size for each thread. */
    private static final int SLICE = 64 * 1024;

    private final WritableByteChannel channel;
    private final EventLoop loop;
    private final Runnable whenFull;
    private final Runnable whenBroken;
    private final MemoryBudget.Share memory;

    /** Guards what follows, and the order of what is sent. No other lock is taken inside. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition empty = lock.newCondition();
    private final MsgWriter buffer = new MsgWriter();
    private final ReplyEncoder encoder = new ReplyEncoder(buffer);
    /** How many bytes of the buffer are sent already. */
    private int sent;

    private boolean broken;

    /** As much of its memory as was taken for the buffer. */
    private int counted;

    /** Since when the system takes nothing, by {@link System#nanoTime}; 0 if it is not FULL. */
    private volatile long fullSince;

    /**
     * @param channel one that does not block
     * @param whenFull sees to it that {@link #resume} is called when there is room
     * @param whenBroken called when the connection takes no more
     * @param memory is told what waits here
     */
    OutputBuffer(WritableByteChannel channel, EventLoop loop, Runnable whenFull, Runnable whenBroken, MemoryBudget.Share memory) {
        this.channel = channel;
        this.loop = loop;
        this.whenFull = whenFull;
        this.whenBroken = whenBroken;
        this.memory = memory;
    }

    boolean isFull() {
        return fullSince != 0;
    }

    void write(Reply reply) {
        write(reply, 0);
    }

    /** @param wseq the number of this item in its stream, 0 for none */
    void write(Reply reply, long wseq) {
        lock.lock();
        try {
            if (isFull() && !loop.isCurrent()) {
                long held = ReplySize.by(reply);
                memory.add(held);
                awaitRoom();
                memory.give(held);
            }
            encoder.write(reply, wseq);
            count();
            if (buffer.size() - sent >= ENOUGH && !isFull()) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom() {
        while (isFull() && !loop.isCurrent()) {
            empty.awaitUninterruptibly();
        }
    }

    void flush() {
        lock.lock();
        try {
            if (!isFull()) {
                send();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Flushes, and waits until everything is sent or the connection is broken. */
    void finish() {
        lock.lock();
        try {
            awaitRoom();
            send();
            awaitRoom();
        } finally {
            lock.unlock();
        }
    }

    /** Goes on after it was FULL. Called on the loop's thread. */
    void resume() {
        lock.lock();
        try {
            send();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection because of a fault of this server. */
    void breakOff(RuntimeException fault) {
        LOG.log(System.Logger.Level.ERROR, "dropping a connection", fault);
        whenBroken.run();
    }

    /** From now on nothing is sent, and nobody waits. */
    void lose() {
        lock.lock();
        try {
            broken = true;
            done();
        } finally {
            lock.unlock();
        }
    }

    /** How long the client has taken nothing while something was to be sent. */
    long nanosWaiting() {
        long since = fullSince;
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    private void send() {
        try {
            while (sent < buffer.size() && !broken) {
                int count = buffer.writeTo(channel, sent, SLICE);
                sent += count;
                if (count == 0) {
                    whenFull.run();
                    fullSince = fullSince == 0 ? System.nanoTime() | 1 : fullSince;
                    return;
                }
                fullSince = fullSince == 0 ? 0 : System.nanoTime() | 1;
            }
            done();
        } catch (IOException e) {
            broken = true;
            done();
            whenBroken.run();
        }
    }

    private void count() {
        int extra = buffer.extra();
        if (extra != counted) {
            memory.add(extra - counted);
            counted = extra;
        }
    }

    private void done() {
        buffer.clear();
        count();
        sent = 0;
        fullSince = 0;
        empty.signalAll();
    }
}
