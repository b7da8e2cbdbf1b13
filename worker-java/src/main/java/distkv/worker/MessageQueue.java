package distkv.worker;

import distkv.code.CancelledException;
import distkv.code.Message;
import distkv.code.Messages;
import distkv.code.StalledException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a job. Up to {@value #ROOM} messages of watches wait here; then the reader of the watch blocks, and
 * the server holds newer values back and merges them. Of group states only the newest {@value #STATES} are kept. A
 * timer has at most one message.
 */
final class MessageQueue implements Messages {
    static final int ROOM = 256;
    static final int STATES = 64;
    /** The idle time is counted in slices, so that time in which the process was suspended counts as one slice. */
    static final int SLICES = 10;

    /**
     * A message that was not taken yet.
     *
     * @param cause the tick of the change that it tells of; 0 if it tells of none
     */
    private record Waiting(Message message, long cause) {}

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final double idle;
    private int fromWatches;
    private int states;
    private int fired;
    /** Whether the job has taken its first message. */
    private boolean begun;

    private int untaken;
    private @Nullable RuntimeException failure;

    /**
     * Creates an empty queue.
     *
     * @param idle how many seconds a job that has taken its first message may leave messages of watches, monitors or
     *     timers waiting before it counts as stalled
     */
    MessageQueue(double idle) {
        this.idle = idle;
    }

    /**
     * Adds a message of a watch or monitor. Blocks while the queue is full.
     *
     * @param cause the tick of the change that it tells of; 0 if it tells of none
     */
    void putWatched(Message message, long cause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (fromWatches >= ROOM) {
                changed.await();
            }
            add(message, cause);
        } finally {
            lock.unlock();
        }
    }

    /** Adds any other message. If there are too many group states, drops the oldest of them. */
    void put(Message message) {
        lock.lock();
        try {
            if (message instanceof Message.GroupState && states >= STATES) {
                removeFirstState();
            }
            add(message, 0);
        } finally {
            lock.unlock();
        }
    }

    private void add(Message message, long cause) {
        if (failure == null) {
            waiting.add(new Waiting(message, cause));
            count(message, 1);
            changed.signalAll();
        }
    }

    private void count(Message message, int more) {
        switch (message) {
            case Message.Change _, Message.Deleted _, Message.Received _ -> fromWatches += more;
            case Message.GroupState _ -> states += more;
            case Message.Fired _ -> fired += more;
            case Message.Ready _ -> {}
        }
    }

    private void removeFirstState() {
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            if (each.next().message() instanceof Message.GroupState) {
                each.remove();
                states--;
                return;
            }
        }
    }

    /** Removes a message that has not been read. Returns whether it was still there. */
    boolean withdraw(Message message) {
        lock.lock();
        try {
            for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
                if (each.next().message().equals(message)) {
                    each.remove();
                    count(message, -1);
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** From now on, taking a message throws this. */
    void fail(RuntimeException newFailure) {
        lock.lock();
        try {
            if (failure == null) {
                failure = newFailure;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One slice of the idle time has passed. */
    void slicePassed() {
        lock.lock();
        try {
            // Group states and Ready come unasked: a job may ignore them.
            untaken = begun && fromWatches + fired > 0 ? untaken + 1 : 0;
            if (untaken >= SLICES && failure == null) {
                waiting.clear();
                failure = new StalledException("no message was taken for " + idle + " s while messages waited");
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Message next() {
        Message message = next(null);
        if (message == null) {
            throw new IllegalStateException("no message, without a limit of time");
        }
        return message;
    }

    @Override
    public @Nullable Message next(@Nullable Duration timeout) {
        try {
            lock.lockInterruptibly();
            try {
                return take(timeout == null ? Long.MAX_VALUE : timeout.toNanos());
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        }
    }

    private @Nullable Message take(long nanos) throws InterruptedException {
        long left = nanos;
        begun = true;
        while (waiting.isEmpty() || failure != null) {
            if (failure != null) {
                throw failure;
            } else if (nanos == Long.MAX_VALUE) {
                changed.await();
            } else if (left <= 0) {
                return null;
            } else {
                left = changed.awaitNanos(left);
            }
        }
        untaken = 0;
        Waiting first = waiting.removeFirst();
        count(first.message(), -1);
        changed.signalAll();
        EventCause.set(first.cause());
        return first.message();
    }
}
