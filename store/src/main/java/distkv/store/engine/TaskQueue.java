package distkv.store.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks that wait for the one thread that writes. Their number and bytes are bounded; {@link #put} waits while the
 * queue is full.
 */
public final class TaskQueue<T extends TaskQueue.Queued> {
    /** What an engine's thread has to do. */
    public interface Queued {
        /** The approximate number of bytes in it. */
        long bytes();
    }

    private static final int MAX_TASKS = 1024;
    private static final long MAX_BYTES = 16L << 20;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private List<T> waiting = new ArrayList<>();
    private long bytes;
    private boolean closed;

    /** Adds a task, waiting for space; false if the queue is closed. */
    public boolean put(T task) {
        lock.lock();
        try {
            while (!closed && (waiting.size() >= MAX_TASKS || bytes >= MAX_BYTES)) {
                emptied.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            waiting.add(task);
            bytes += task.bytes();
            if (waiting.size() == 1) {
                filled.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is at least half full. A caller that must not wait leaves the other half to concurrent callers. */
    public boolean isFull() {
        lock.lock();
        try {
            return waiting.size() >= MAX_TASKS / 2 || bytes >= MAX_BYTES / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Takes all tasks, waiting for the first; none if the queue is closed and empty. */
    public List<T> take() {
        lock.lock();
        try {
            while (!closed && waiting.isEmpty()) {
                filled.awaitUninterruptibly();
            }
            List<T> taken = waiting;
            waiting = new ArrayList<>();
            bytes = 0;
            emptied.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses further tasks; those in the queue can still be taken. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
