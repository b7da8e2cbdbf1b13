package distkv.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** A clock that stands still until a test turns it; tasks that become due run on the thread that turns it. */
public final class ManualClock implements LeaseClock {
    private record Alarm(long when, Runnable task) {}

    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::when));
    private long now;

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized void at(long when, Runnable task) {
        alarms.add(new Alarm(when, task));
    }

    /** Lets time pass. */
    public void advance(Duration step) {
        List<Alarm> due = new ArrayList<>();
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
