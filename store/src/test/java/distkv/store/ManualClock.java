package distkv.store;

import distkv.store.engine.LeaseClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** A clock that stands still until a test turns it; tasks that become due run on the thread that turns it. */
public final class ManualClock implements LeaseClock {
    private record Waiting(long when, Runnable task) {}

    private final PriorityQueue<Waiting> alarms = new PriorityQueue<>(Comparator.comparingLong(Waiting::when));
    private long now;

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Alarm at(long when, Runnable task) {
        Waiting waiting = new Waiting(when, task);
        alarms.add(waiting);
        return () -> forget(waiting);
    }

    /** Not those that are equal: two may be for the same task. */
    @SuppressWarnings("ReferenceEquality")
    private synchronized void forget(Waiting waiting) {
        alarms.removeIf(other -> other == waiting);
    }

    /** How many tasks wait for their time. */
    public synchronized int waiting() {
        return alarms.size();
    }

    /** Lets time pass. */
    public void advance(Duration step) {
        List<Waiting> due = new ArrayList<>();
        synchronized (this) {
            now += step.toNanos();
            while (!alarms.isEmpty() && alarms.element().when() <= now) {
                due.add(alarms.remove());
            }
        }
        due.forEach(alarm -> alarm.task().run());
    }

    @Override
    public synchronized void close() {
        alarms.clear();
    }
}
