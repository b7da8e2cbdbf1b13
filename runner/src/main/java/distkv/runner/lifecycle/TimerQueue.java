package distkv.runner.lifecycle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** When to look at which job again: at most one time for each, and it has no more than the jobs. */
final class TimerQueue {
    private record Timer(double time, Job job) {
        boolean isStale() {
            return job.wakeAt != time;
        }
    }

    private final PriorityQueue<Timer> queue = new PriorityQueue<>(Comparator.comparingDouble(Timer::time));

    /** Looks at the job at that time, and no longer at the time said before. */
    void set(Job job, double time) {
        if (job.wakeAt != time) {
            job.wakeAt = time;
            if (time != Double.POSITIVE_INFINITY) {
                queue.add(new Timer(time, job));
            }
        }
    }

    /** Takes out the jobs whose time has come. */
    List<Job> due(double now) {
        List<Job> due = new ArrayList<>();
        for (Timer first = queue.peek();
                first != null && (first.time() <= now || first.isStale());
                first = queue.peek()) {
            queue.remove();
            if (!first.isStale()) {
                first.job().wakeAt = Double.POSITIVE_INFINITY;
                due.add(first.job());
            }
        }
        return due;
    }

    /** The next time; never, if there is none. */
    double next() {
        Timer first = queue.peek();
        return first == null ? Double.POSITIVE_INFINITY : first.time();
    }
}
