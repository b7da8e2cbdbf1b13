package distkv.server.session;

import distkv.model.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes of one connection that are not answered yet. When there are {@value #MAX} of them, or they hold
 * {@value #MAX_BYTES} bytes, the connection is FULL: who reads it waits in {@link #add} until some are answered.
 */
final class InFlightWrites {
    static final int MAX = 1_024;
    static final long MAX_BYTES = 8L << 20;

    /** One commit on its way: the paths that it writes and about how many bytes it holds. */
    record Ticket(List<Path> paths, long bytes) {
        long memory() {
            return bytes + (long) WRITE * paths.size();
        }
    }

    /** What a write takes beside its value. */
    private static final int WRITE = 300;

    private final MemoryBudget.Share memory;
    private final Runnable beforeWaiting;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition less = lock.newCondition();
    private final Map<Path, Integer> paths = new HashMap<>();
    /** Changed with the lock held; without it, who reads may ask whether it is 0, as nobody else adds. */
    private final AtomicInteger count = new AtomicInteger();

    private long bytes;

    /**
     * @param memory is told what is on its way
     * @param beforeWaiting called by a thread that is about to wait here, without the lock
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

    /** Whether {@link #add} would not wait. Asked by who reads. */
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

    /** Whether no write is on its way. Asked by who reads. */
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

    /** Waits until no write is on its way. */
    void awaitNone() {
        if (count.get() > 0) {
            await(() -> count.get() == 0, () -> {});
        }
    }

    /** Waits until no write of this path is on its way. */
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
