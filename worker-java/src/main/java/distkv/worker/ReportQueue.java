package distkv.worker;

import distkv.model.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages that wait to be sent to the runner. Only the newest {@value #RECORDS} log records are kept: if the
 * runner reads slowly, the oldest are dropped. Other messages are never dropped: {@link #report} blocks while {@value
 * #REPORTS} of them wait.
 */
final class ReportQueue {
    static final int RECORDS = 1_000;
    static final int REPORTS = 1_000;

    private record Waiting(Value message, boolean record) {}

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int records;
    private int dropped;
    private boolean closed;

    /** Adds a message. Blocks while the queue is full; when interrupted, adds the message all the same. */
    void report(Value message) {
        lock.lock();
        try {
            boolean interrupted = false;
            while (queue.size() - records >= REPORTS && !closed && !interrupted) {
                try {
                    changed.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            queue.add(new Waiting(message, false));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a log record, and drops the oldest one if there are too many. */
    void log(Value message) {
        lock.lock();
        try {
            if (records >= RECORDS) {
                dropOldest();
            }
            records++;
            queue.add(new Waiting(message, true));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropOldest() {
        for (Iterator<Waiting> each = queue.iterator(); each.hasNext(); ) {
            if (each.next().record()) {
                each.remove();
                records--;
                dropped++;
                return;
            }
        }
    }

    /** Waits for the next message. */
    Value take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty()) {
                changed.await();
            }
            Waiting first = queue.removeFirst();
            records -= first.record() ? 1 : 0;
            changed.signalAll();
            return first.message();
        } finally {
            lock.unlock();
        }
    }

    /** How many log records were dropped since the last call. */
    int dropped() {
        lock.lock();
        try {
            int count = dropped;
            dropped = 0;
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the queue is empty. */
    void drain() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!queue.isEmpty() && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is taken from the queue any more: wakes all who wait. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
