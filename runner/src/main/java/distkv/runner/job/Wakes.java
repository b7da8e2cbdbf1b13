package distkv.runner.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** When to look at which job again: at most one time for each, and it has no more than the jobs. */
final class Wakes {
    private record Wake(double time, Job job) {}

    private final PriorityQueue<Wake> queue = new PriorityQueue<>(Comparator.comparingDouble(Wake::time));

    /** Looks at the job at that time, and no longer at the time said before. */
    void at(Job job, double time) {
        if (job.wake != time) {
            job.wake = time;
            if (time != Double.POSITIVE_INFINITY) {
                queue.add(new Wake(time, job));
            }
        }
    }

    /** Takes out the jobs whose time has come. */
    List<Job> due(double now) {
        List<Job> due = new ArrayList<>();
        for (Wake first = queue.peek(); first != null && (first.time() <= now || stale(first)); first = queue.peek()) {
            queue.remove();
            if (!stale(first)) {
                first.job().wake = Double.POSITIVE_INFINITY;
                due.add(first.job());
            }
        }
        return due;
    }

    /** The next time; never, if there is none. */
    double next() {
        Wake first = queue.peek();
        return first == null ? Double.POSITIVE_INFINITY : first.time();
    }

    private static boolean stale(Wake wake) {
        return wake.job().wake != wake.time();
    }
}
