package distkv.runner.worker;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workers that there are, and which of them fits a run. Used by the decision thread only. */
final class WorkerRegistry {
    private final int most;
    private final int runsPerWorker;
    private final Map<Integer, Worker> workers = new LinkedHashMap<>();
    private final Map<Long, Worker> byRun = new HashMap<>();
    /** For how many runs of each sort a place is kept. */
    private final Map<Worker.Sharing, Integer> kept = new HashMap<>();

    private int numbers;

    /**
     * Without workers.
     *
     * @param most how many there may be
     * @param runsPerWorker how many runs may share one; those in Java may all
     */
    WorkerRegistry(int most, int runsPerWorker) {
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

    /**
     * Keeps a place for one more run, if there is one beside those that are kept already: nothing is to start that finds
     * none, however many claims are asked for at once. The process that Java runs share is there for them, however many
     * workers there are.
     */
    boolean keepPlace(Worker.Sharing sharing) {
        kept.merge(sharing, 1, Integer::sum);
        boolean fits = (sharing.isJava() && !sharing.alone()) || fits();
        if (!fits) {
            freePlace(sharing);
        }
        return fits;
    }

    /** Gives up a place that was kept: nothing starts there, or it starts now. */
    void freePlace(Worker.Sharing sharing) {
        kept.computeIfPresent(sharing, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Whether those for whom a place is kept need no more workers than there may be. */
    private boolean fits() {
        int idle = 0;
        for (Worker worker : workers.values()) {
            idle += worker.idle() ? 1 : 0;
        }
        int python = 0;
        for (Map.Entry<Worker.Sharing, Integer> each : kept.entrySet()) {
            python += each.getKey().isJava() ? 0 : neededFor(each.getKey(), each.getValue());
        }
        int more = neededForJava() + Math.max(0, python - idle);
        return more == 0 || more <= most - workers.size();
    }

    /** How many workers runs of this sort need that cannot join others. */
    private int neededFor(Worker.Sharing sharing, int runs) {
        if (sharing.alone()) {
            return runs;
        }
        int left = runs;
        for (Worker worker : workers.values()) {
            if (sharing.equals(worker.sharing) && worker.open()) {
                left -= Math.max(0, runsPerWorker - worker.runs.size());
            }
        }
        return Math.ceilDiv(Math.max(0, left), runsPerWorker);
    }

    private int neededForJava() {
        int needed = 0;
        for (Map.Entry<Worker.Sharing, Integer> each : kept.entrySet()) {
            Worker.Sharing sharing = each.getKey();
            if (sharing.isJava()) {
                needed += sharing.alone() ? each.getValue() : sharing(sharing) == null ? 1 : 0;
            }
        }
        return needed;
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
        return idle() == null && workers.size() + neededForJava() < most;
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
