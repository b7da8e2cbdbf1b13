package distkv.worker;

import distkv.model.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be sent to the runner. Of log records the newest {@value #RECORDS} wait; if the runner reads slowly the
 * oldest are dropped. Everything else is never dropped: whoever reports waits while {@value #REPORTS} reports wait.
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

    /** Adds a message; waits for room, unless that is interrupted: then it is added all the same. */
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

    /** Adds a log record, and drops the oldest if too many wait. */
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

    /** How many log records were dropped since this was last asked. */
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

    /** Waits until all is taken. */
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

    /** Nobody takes anything any more: nobody waits for room. */
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
