package distkv.runner;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait for the decision thread. A full queue is called <em>pressed</em>: whoever has an event waits, so
 * that watches and workers are held back where they come from.
 */
final class Events {
    private static final int WAITING = 4_096;

    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean closed;

    /** Adds an event; waits while the queue is pressed, and drops it when nobody reads any more. */
    void put(Event event) {
        try {
            while (!closed && !queue.offer(event, 1, TimeUnit.SECONDS)) {
                // Only to notice that the reader is gone.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Adds an event unless the queue is pressed or nobody reads any more; returns whether it did. */
    boolean offer(Event event) {
        return !closed && queue.offer(event);
    }

    /** Has the reader look again. If the queue is pressed it will do so anyway. */
    void nudge() {
        var _ = queue.offer(new Event.Nudge());
    }

    /** Waits for an event, at most that long. */
    @Nullable
    Event next(double seconds) throws InterruptedException {
        return queue.poll((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }

    void close() {
        closed = true;
        queue.clear();
    }
}
