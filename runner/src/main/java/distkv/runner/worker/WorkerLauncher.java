package distkv.runner.worker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has the parent process fork workers, limit them, and kill them at once or at their deadlines. */
final class WorkerLauncher {
    private final ParentSupervisor parent;
    private final PoolOptions options;
    private final WorkerRegistry registry;
    private @Nullable Double deadline;

    WorkerLauncher(ParentSupervisor parent, PoolOptions options, WorkerRegistry registry) {
        this.parent = parent;
        this.options = options;
        this.registry = registry;
    }

    /** Starts a worker for Python. */
    Worker python(boolean offline) {
        Worker worker = registry.join(offline);
        parent.send(new ToWorker.Fork(worker.number, null, server(offline)));
        return worker;
    }

    private @Nullable List<Object> server(boolean offline) {
        return offline ? List.of(options.host(), options.port()) : null;
    }

    /** Starts a worker for Java with the memory that this run may use. */
    Worker java(Launch launch) {
        boolean offline = launch.place().isOffline();
        Worker worker = registry.join(offline);
        List<String> command = options.java().words(worker.number, launch.limits());
        parent.send(new ToWorker.Fork(worker.number, command, server(offline)));
        return worker;
    }

    /** Starts one idle worker in advance, so that the next start need not wait for a fork. */
    void keepOneIdle() {
        if (registry.lacksIdle()) {
            python(options.offline());
        }
    }

    /** Tells the parent the deadline and the limits of a run that is about to start in this worker. */
    void limit(Worker worker, Launch launch) {
        tellDeadline(worker);
        if (!launch.limits().isEmpty()) {
            parent.send(new ToWorker.Limit(worker.number, launch.limits()));
        }
    }

    /** Sets the time of CLOCK_BOOTTIME at which workers are killed whose runs must not outlive their claims. */
    void deadline(double at) {
        deadline = at;
        registry.all().forEach(this::tellDeadline);
    }

    private void tellDeadline(Worker worker) {
        ToWorker news = worker.deadline(deadline);
        if (news != null) {
            parent.send(news);
        }
    }

    /**
     * Kills a worker.
     *
     * @param deliberate whether one of its runs is at fault, so that the others may start again
     */
    void kill(Worker worker, boolean deliberate) {
        worker.leaving = true;
        worker.killed |= deliberate;
        parent.send(new ToWorker.Kill(worker.number, true));
    }
}
