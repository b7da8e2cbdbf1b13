package distkv.runner.worker;

import distkv.schema.code.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pool knows about a worker process. */
final class Worker {
    final int number;
    /** It has no network, and reaches the server only. */
    final boolean offline;

    final Map<Long, Launch> runs = new LinkedHashMap<>();
    /** The runs that were told to end. */
    final Set<Long> cancelled = new HashSet<>();
    /** Messages to send once it is connected. */
    private final List<ToWorker> waiting = new ArrayList<>();

    /** {@code null}: it is idle, and may be used for any Python run. */
    @Nullable
    Place place;

    @Nullable
    WorkerConnection connection;

    /** When the parent is to kill it, as the parent was last told; {@code null}: never. */
    private @Nullable Double deadline;

    /** It was told to finish, or was killed; it takes no more runs. */
    boolean leaving;

    /**
     * It has loaded a module that has changed since; it takes no more runs. A worker that is not stale has the stored
     * version of each module that it has loaded.
     */
    boolean stale;

    /** The runs that have blocked its event loop. They are over only when the worker is gone. */
    private final Map<Long, Ended.Failed> blockers = new HashMap<>();

    /** The runner has killed it. */
    boolean killed;

    /** Its connection has ended. */
    boolean closed;

    /** The parent has killed it at its deadline. */
    private boolean overdue;

    /** The limit that it exceeded; {@code null}: none. */
    private @Nullable String exceeded;

    /** How it ended; {@code null}: it has not. */
    @Nullable
    String exit;

    Worker(int number, boolean offline) {
        this.number = number;
        this.offline = offline;
    }

    /** This run has blocked the event loop. */
    void blocked(long run, Ended.Failed failed) {
        blockers.put(run, failed);
    }

    /** It has ended. */
    void exited(FromWorker.Exited exited) {
        leaving = true;
        exit = exited.how();
        exceeded = exited.limit();
        overdue = exited.overdue();
        String stuck = exited.stuck();
        if (stuck != null) {
            killed = true;
            StuckWorkerReport.guilty(stuck, runs.values())
                    .forEach(run -> blocked(run.run(), StuckWorkerReport.failure(stuck, run)));
        }
    }

    /**
     * The message that tells the parent when to kill it; {@code null}: the parent knows. That is at {@code next} if it
     * has runs that must not outlive their claims, otherwise never. A worker whose last run has ended keeps its
     * deadline until the next run starts: often there is one by then, which starts sooner if the parent need not be
     * told.
     */
    @Nullable
    ToWorker deadline(@Nullable Double next) {
        Double at = runs.isEmpty() || place == null || place.outlivesClaim() ? null : next;
        if (Objects.equals(at, deadline)) {
            return null;
        }
        deadline = at;
        return new ToWorker.Deadline(number, at);
    }

    /**
     * How a run ends that its worker has reported as ended.
     *
     * @param limit the limit that made it fail; {@code null}: none
     */
    Ended end(long run, Ended said, @Nullable String limit) {
        Launch launch = Objects.requireNonNull(runs.get(run));
        if (limit != null) {
            return launch.exceeded(limit);
        }
        boolean heapIsFull = said instanceof Ended.Failed failed && "OutOfMemoryError".equals(failed.type());
        return heapIsFull && launch.limits().memory() != null ? launch.exceeded("memory") : said;
    }

    /** How a run ends that had not ended when its worker did. */
    Ended end(Launch launch) {
        // Runs without limits of their own can exceed the bound that they share, unless the runner killed the worker.
        if (exceeded != null && !(killed && launch.limits().isEmpty())) {
            return launch.exceeded(exceeded);
        }
        Ended.Failed blocker = blockers.get(launch.run());
        return blocker != null ? blocker : new Ended.Died(exit == null ? "unknown" : exit, killed, overdue);
    }

    Language language() {
        return place == null ? Language.PYTHON : place.language();
    }

    boolean idle() {
        return place == null && open();
    }

    /** Whether it may get more runs. */
    boolean open() {
        return !leaving && !stale;
    }

    /** Whether it has no runs, and is not leaving. */
    boolean isUnused() {
        return runs.isEmpty() && !leaving;
    }

    /** Takes no more runs. Returns the message that tells the worker so. */
    ToWorker finish() {
        leaving = true;
        return new ToWorker.Finish();
    }

    /** Whether nothing more comes from it: it has ended, and its connection, if it had one, was read to the end. */
    boolean gone() {
        return exit != null && (connection == null || closed);
    }

    /** Sends a message, or keeps it until the worker is connected. Returns false if the worker does not read. */
    boolean send(ToWorker message) {
        WorkerConnection to = connection;
        if (to == null) {
            waiting.add(message);
            return true;
        }
        return to.send(message);
    }

    /**
     * Uses this connection from now on, and sends the first messages, then those that have been waiting. Returns false
     * if the worker does not read.
     */
    boolean connected(WorkerConnection to, ToWorker init, List<ToWorker> known) {
        connection = to;
        boolean sent = to.send(init);
        for (ToWorker message : known) {
            sent &= to.send(message);
        }
        for (ToWorker message : waiting) {
            sent &= to.send(message);
        }
        waiting.clear();
        return sent;
    }
}
