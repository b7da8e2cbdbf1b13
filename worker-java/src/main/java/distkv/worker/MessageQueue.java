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
 * A job's messages. Those of watches wait for room, {@value #ROOM} of them, which makes the server hold newer values
 * back and merge them. Of group states the newest {@value #STATES} wait. A timer has one message at most. Any thread
 * may use it.
 */
final class MessageQueue implements Messages {
    static final int ROOM = 256;
    static final int STATES = 64;
    /** The idle time is counted in slices, so that a process that was stopped counts as one of them only. */
    static final int SLICES = 10;

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<Message> waiting = new ArrayDeque<>();
    private final double idle;
    private int fromWatches;
    private int states;
    private int fired;
    /** Whether the job has begun to take messages. */
    private boolean begun;

    private int untaken;
    private @Nullable RuntimeException failure;

    /**
     * An empty one.
     *
     * @param idle seconds without taking a message, once it has begun to take some, while messages of watches, monitors or
     *     timers wait, after which the job has stalled
     */
    MessageQueue(double idle) {
        this.idle = idle;
    }

    /** Adds a message of a watch or monitor; waits for room. */
    void putWatched(Message message) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (fromWatches >= ROOM) {
                changed.await();
            }
            add(message);
        } finally {
            lock.unlock();
        }
    }

    /** Adds any other message; of too many group states the oldest goes. */
    void put(Message message) {
        lock.lock();
        try {
            if (message instanceof Message.GroupState && states >= STATES) {
                removeFirstState();
            }
            add(message);
        } finally {
            lock.unlock();
        }
    }

    private void add(Message message) {
        if (failure == null) {
            waiting.add(message);
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
        for (Iterator<Message> each = waiting.iterator(); each.hasNext(); ) {
            if (each.next() instanceof Message.GroupState) {
                each.remove();
                states--;
                return;
            }
        }
    }

    /** Takes a message back that was not read. Returns whether it was still there. */
    boolean withdraw(Message message) {
        lock.lock();
        try {
            for (Iterator<Message> each = waiting.iterator(); each.hasNext(); ) {
                if (each.next().equals(message)) {
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

    /** Whoever takes a message gets this instead, from now on. */
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

    /** A tenth of the idle time has passed. */
    void slicePassed() {
        lock.lock();
        try {
            // What comes unasked is not waited for by anybody.
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
        Message message = waiting.removeFirst();
        count(message, -1);
        changed.signalAll();
        return message;
    }
}
