package distkv.worker;

import distkv.code.Task;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** A virtual thread of a job. It ends with the job. */
final class JobTask implements Task {
    private final Thread thread;
    private volatile boolean cancelled;

    private JobTask(String name, Callable<?> work, Consumer<Throwable> failed, Consumer<JobTask> ended) {
        thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                work.call();
            } catch (Throwable e) {
                if (!cancelled) {
                    failed.accept(e);
                }
            } finally {
                ended.accept(this);
            }
        });
    }

    /** Prepares a task; {@link #start} starts it. */
    static JobTask of(String name, Callable<?> work, Consumer<Throwable> failed, Consumer<JobTask> ended) {
        return new JobTask(name, work, failed, ended);
    }

    void start() {
        thread.start();
    }

    @Override
    public boolean cancel() {
        cancelled = true;
        boolean running = thread.isAlive();
        thread.interrupt();
        return running;
    }

    @Override
    public void join() throws InterruptedException {
        thread.join();
    }
}
