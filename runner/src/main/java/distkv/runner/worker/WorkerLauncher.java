package distkv.runner.worker;

import org.jspecify.annotations.Nullable;

/** Has the parent fork workers, limit them, and kill them, now or at their deadlines. Used by the decision thread only. */
final class WorkerLauncher {
    private final ParentSupervisor parent;
    private final WorkerHost host;
    private final JavaCommand java;
    private final WorkerRegistry registry;
    private @Nullable Double deadline;

    WorkerLauncher(ParentSupervisor parent, WorkerHost host, JavaCommand java, WorkerRegistry registry) {
        this.parent = parent;
        this.host = host;
        this.java = java;
        this.registry = registry;
    }

    /** A new worker for Python. */
    Worker python() {
        Worker worker = registry.join();
        parent.send(new ToWorker.Fork(worker.number, null));
        return worker;
    }

    /** A new worker for Java, with room for what that run may use. */
    Worker java(Launch launch) {
        Worker worker = registry.join();
        parent.send(new ToWorker.Fork(worker.number, java.words(host.socket(), worker.number, launch.limits())));
        return worker;
    }

    /** Has one more forked than is needed, so that the next start does not wait for it. */
    void keepOneIdle() {
        if (registry.lacksIdle()) {
            python();
        }
    }

    /** A run is about to start there. */
    void limit(Worker worker, Launch launch) {
        tellDeadline(worker);
        if (!launch.limits().isEmpty()) {
            parent.send(new ToWorker.Limit(worker.number, launch.limits()));
        }
    }

    /** Runs that must not outlive their claims are to be killed at that time of CLOCK_BOOTTIME. */
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

    /** Kills a worker; {@code deliberate}: for a fault of one of its runs, so that the others may start again. */
    void kill(Worker worker, boolean deliberate) {
        worker.leaving = true;
        worker.killed |= deliberate;
        parent.send(new ToWorker.Kill(worker.number, true));
    }
}
