package distkv.server.request;

import distkv.model.Path;
import distkv.server.memory.MemoryBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes of one connection that are not answered yet. With {@value #MAX} of them, or {@value #MAX_BYTES} bytes, the
 * connection is FULL: its reader waits in {@link #add} until some are answered.
 */
final class InFlightWrites {
    static final int MAX = 1_024;
    static final long MAX_BYTES = 8L << 20;

    /** One commit: the paths that it writes and the approximate number of bytes in it. */
    record Ticket(List<Path> paths, long bytes) {
        long memory() {
            return bytes + (long) WRITE * paths.size();
        }
    }

    /** The memory for a write besides its value. */
    private static final int WRITE = 300;

    private final MemoryBudget.Share memory;
    private final Runnable beforeWaiting;

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition less = lock.newCondition();
    private final Map<Path, Integer> paths = new HashMap<>();
    /** Changed with the lock held. Without it, the reader may check for 0, since only the reader adds. */
    private final AtomicInteger count = new AtomicInteger();

    private long bytes;

    /**
     * @param memory accounts for the writes
     * @param beforeWaiting called without the lock by a thread that is about to wait here
     */
    InFlightWrites(MemoryBudget.Share memory, Runnable beforeWaiting) {
        this.memory = memory;
        this.beforeWaiting = beforeWaiting;
    }

    void add(Ticket ticket) {
        await(() -> isRoom(ticket.bytes()), () -> {
            count.incrementAndGet();
            bytes += ticket.bytes();
            memory.add(ticket.memory());
            for (Path path : ticket.paths()) {
                paths.merge(path, 1, Integer::sum);
            }
        });
    }

    private boolean isRoom(long more) {
        return count.get() == 0 || (count.get() < MAX && bytes + more <= MAX_BYTES);
    }

    /** Whether {@link #add} would not wait. Called by the reader. */
    boolean hasRoom(long more) {
        if (isEmpty()) {
            return true;
        }
        lock.lock();
        try {
            return isRoom(more);
        } finally {
            lock.unlock();
        }
    }

    /** Whether no write is in flight. Called by the reader. */
    boolean isEmpty() {
        return count.get() == 0;
    }

    void remove(Ticket ticket) {
        lock.lock();
        try {
            count.decrementAndGet();
            bytes -= ticket.bytes();
            memory.give(ticket.memory());
            for (Path path : ticket.paths()) {
                paths.computeIfPresent(path, (same, writes) -> writes == 1 ? null : writes - 1);
            }
            less.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no write is in flight. */
    void awaitNone() {
        if (count.get() > 0) {
            await(() -> count.get() == 0, () -> {});
        }
    }

    /** Waits until no write of this path is in flight. */
    void awaitNoneAt(Path path) {
        if (count.get() > 0) {
            await(() -> !paths.containsKey(path), () -> {});
        }
    }

    private interface Check {
        boolean holds();
    }

    private void await(Check check, Runnable then) {
        lock.lock();
        try {
            if (check.holds()) {
                then.run();
                return;
            }
        } finally {
            lock.unlock();
        }
        beforeWaiting.run();
        lock.lock();
        try {
            while (!check.holds()) {
                less.awaitUninterruptibly();
            }
            then.run();
        } finally {
            lock.unlock();
        }
    }
}
