package distkv.store.engine;

import distkv.model.process.VitalThreads;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's monotonic clock. Tasks run on the daemon thread {@code distkv-leases}. */
final class SystemLeaseClock implements LeaseClock {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("distkv-leases").factory());

    SystemLeaseClock() {
        // Otherwise cancelled tasks are kept until they are due, which may take a day.
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm at(long when, Runnable task) {
        try {
            Future<?> alarm =
                    timer.schedule(() -> VitalThreads.run(task), when - System.nanoTime(), TimeUnit.NANOSECONDS);
            return () -> {
                var _ = alarm.cancel(false);
            };
        } catch (RejectedExecutionException e) {
            if (!timer.isShutdown()) {
                throw e;
            }
            return () -> {};
        }
    }

    /** How many tasks are scheduled. */
    int waiting() {
        return timer.getQueue().size();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
