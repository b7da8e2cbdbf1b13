package distkv.store.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where tasks wait for the writer. It is bounded in tasks and in bytes; while it is full, who asks waits. */
final class WriterQueue {
    private static final int MAX_TASKS = 1024;
    private static final long MAX_BYTES = 16L << 20;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private List<WriterTask> waiting = new ArrayList<>();
    private long bytes;
    private boolean closed;

    /** Adds a task, waiting for room. Returns false if the inbox is closed. */
    boolean put(WriterTask task) {
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

    /** Whether it is half full, or more: who must not wait leaves the rest to those who have asked at the same time. */
    boolean isFull() {
        lock.lock();
        try {
            return waiting.size() >= MAX_TASKS / 2 || bytes >= MAX_BYTES / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Takes all tasks, waiting for the first. Returns none if the inbox is closed and empty. */
    List<WriterTask> take() {
        lock.lock();
        try {
            while (!closed && waiting.isEmpty()) {
                filled.awaitUninterruptibly();
            }
            List<WriterTask> taken = waiting;
            waiting = new ArrayList<>();
            bytes = 0;
            emptied.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more tasks; what is in it can still be taken. */
    void close() {
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
