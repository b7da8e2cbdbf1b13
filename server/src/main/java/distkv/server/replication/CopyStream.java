package distkv.server.replication;

import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.copy.CopyCodec;
import distkv.server.net.Connection;
import distkv.server.net.ReplyStream;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a copy is made from: the answer to {@code copy_follow}. A thread of its own reads the store as fast as the copy
 * takes it, and about once a second says that there is nothing new.
 */
final class CopyStream extends ReplyStream implements Runnable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    /** How many batches may wait for the connection's writer: less than two are sent at a time. */
    private static final int MAX_READY = 4;

    private static final int MAX_BATCH = 512 << 10;

    /** The message that an item is, and up to which revision a copy is complete that has it. */
    private record Sent(long number, long upTo, boolean isLevel) {}

    private final Connection connection;
    private final CopyService service;
    private final String place;
    private final CopyFeed feed;

    // Guarded by this stream, like everything below; no other lock is taken while it is held.
    private final ArrayDeque<Reply> ready = new ArrayDeque<>();
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    /** The start of the stream is its first message. */
    private long number = 1;

    private boolean closed;
    private boolean over;
    private boolean isSynced;
    private long copied = -1;
    private long newest;

    CopyStream(Seq seq, Connection connection, CopyService service, String place, CopyFeed feed) {
        super(seq, connection.window());
        this.connection = connection;
        this.service = service;
        this.place = place;
        this.feed = feed;
    }

    void start() {
        offer(new Reply.Result(seq(), CopyCodec.encode(feed.start()), tock()), -1, false);
        Thread.ofVirtual().name("distkv-copy").start(() -> VitalThreads.run(this));
    }

    @Override
    public void run() {
        try (feed) {
            while (true) {
                CopyBatch batch = feed.next(HEARTBEAT);
                synchronized (this) {
                    newest = batch.newest();
                }
                boolean isLevel = batch.upTo() == batch.newest();
                if (!offer(new Reply.Result(seq(), CopyCodec.encode(batch), tock()), batch.upTo(), isLevel)) {
                    return;
                }
            }
        } catch (CompactedException e) {
            end(new Reply.Failed(seq(), "copy: " + e.getMessage(), Etype.COMPACTED, tock()));
        } catch (StoreException e) {
            end(new Reply.Failed(seq(), "copy: " + e.getMessage(), Etype.REFUSED, tock()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until there is space for it; false if the stream has ended. */
    private boolean offer(Reply reply, long upTo, boolean isLevel) {
        synchronized (this) {
            try {
                while (!closed && ready.size() >= MAX_READY) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (closed) {
                return false;
            }
            ready.add(reply);
            sent.add(new Sent(++number, upTo, isLevel));
        }
        connection.writer().ready(this);
        return true;
    }

    private void end(Reply.Failed why) {
        synchronized (this) {
            ready.add(why);
            over = true;
        }
        connection.writer().ready(this);
    }

    @Override
    protected synchronized @Nullable Reply item() {
        Reply next = ready.poll();
        notifyAll();
        return next;
    }

    @Override
    protected synchronized boolean isOver() {
        return over && ready.isEmpty();
    }

    @Override
    protected void processed(long wseq) {
        long reached = -1;
        boolean isFirst = false;
        synchronized (this) {
            while (!sent.isEmpty() && sent.getFirst().number() <= wseq) {
                Sent done = sent.removeFirst();
                reached = Math.max(reached, done.upTo());
                isFirst |= done.isLevel() && !isSynced && !closed;
                isSynced |= isFirst;
            }
            copied = Math.max(copied, reached);
        }
        if (isFirst) {
            service.gate().joined();
        }
        if (reached >= 0) {
            service.gate().copied(reached);
        }
    }

    /** Where the copy is. */
    String place() {
        return place;
    }

    /** How many changes it lacks; -1 while it is a full copy in the making. */
    synchronized long behind() {
        return copied < 0 ? -1 : Math.max(0, newest - copied);
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
        return super.footprint() + (long) MAX_READY * MAX_BATCH;
    }

    @Override
    protected void overflow() {
        end(new Reply.Failed(seq(), "copy: no memory left (expected: to read faster)", Etype.OVERFLOW, tock()));
    }

    @Override
    public void close() {
        boolean wasSynced;
        synchronized (this) {
            wasSynced = isSynced && !closed;
            closed = true;
            notifyAll();
        }
        if (wasSynced) {
            service.gate().left();
        }
        service.left(this);
    }
}
