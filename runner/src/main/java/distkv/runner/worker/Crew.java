package distkv.runner.worker;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workers that there are, and which of them fits a run. Used by the decision thread only. */
final class Crew {
    private final int most;
    private final int runsPerWorker;
    private final Map<Integer, Worker> workers = new LinkedHashMap<>();
    private final Map<Long, Worker> byRun = new HashMap<>();
    private int numbers;

    /**
     * Without workers.
     *
     * @param most how many there may be
     * @param runsPerWorker how many runs may share one; those in Java may all
     */
    Crew(int most, int runsPerWorker) {
        this.most = most;
        this.runsPerWorker = runsPerWorker;
    }

    /** A new one, with a number that none had before. */
    Worker join() {
        Worker worker = new Worker(++numbers);
        workers.put(worker.number, worker);
        return worker;
    }

    /** It is gone, and with it its runs; returns false if it was before. */
    boolean leave(Worker worker) {
        byRun.keySet().removeAll(worker.runs.keySet());
        return workers.remove(worker.number) != null;
    }

    /** A run is there from now on. */
    void seat(Worker worker, Launch launch) {
        worker.runs.put(launch.run(), launch);
        byRun.put(launch.run(), worker);
    }

    /** A run is not there any more. Returns whether it had been told to end. */
    boolean unseat(Worker worker, long run) {
        worker.runs.remove(run);
        byRun.remove(run);
        return worker.cancelled.remove(run);
    }

    /** The one that has this run. */
    @Nullable
    Worker of(long run) {
        return byRun.get(run);
    }

    @Nullable
    Launch launch(long run) {
        Worker worker = of(run);
        return worker == null ? null : worker.runs.get(run);
    }

    @Nullable
    Worker find(int number) {
        return workers.get(number);
    }

    List<Worker> all() {
        return List.copyOf(workers.values());
    }

    /** Whether one more run finds a place. The process that Java runs share is there for them, however many there are. */
    boolean hasRoom(Worker.Sharing sharing) {
        if (workers.size() < most) {
            return true;
        }
        return sharing.isJava() ? !sharing.alone() : idle() != null || sharing(sharing) != null;
    }

    /** One that has place for one more run of this sort. */
    @Nullable
    Worker sharing(Worker.Sharing sharing) {
        for (Worker worker : workers.values()) {
            boolean full = !sharing.isJava() && worker.runs.size() >= runsPerWorker;
            if (!sharing.alone() && sharing.equals(worker.sharing) && worker.open() && !full) {
                return worker;
            }
        }
        return null;
    }

    /** One that may be used for anything in Python. */
    @Nullable
    Worker idle() {
        for (Worker worker : workers.values()) {
            if (worker.idle()) {
                return worker;
            }
        }
        return null;
    }

    /** Whether there should be one more, so that the next start does not wait for a fork. */
    boolean lacksIdle() {
        return idle() == null && workers.size() < most;
    }

    /** Whether it has no runs and should get none: it is for one alone, or stale, or another one like it has none either. */
    boolean canSpare(Worker worker) {
        Worker.Sharing sharing = worker.sharing;
        return sharing != null
                && !worker.leaving
                && worker.runs.isEmpty()
                && (sharing.alone() || worker.stale || hasDouble(worker, sharing));
    }

    private boolean hasDouble(Worker worker, Worker.Sharing sharing) {
        for (Worker other : workers.values()) {
            if (other != worker && other.open() && other.runs.isEmpty() && sharing.equals(other.sharing)) {
                return true;
            }
        }
        return false;
    }
}
