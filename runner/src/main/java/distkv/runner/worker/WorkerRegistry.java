package distkv.runner.worker;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workers, and which of them suits a run. */
final class WorkerRegistry {
    private final int most;
    private final int runsPerWorker;
    private final boolean offline;
    private final Map<Integer, Worker> workers = new LinkedHashMap<>();
    private final Map<Long, Worker> byRun = new HashMap<>();
    /** The number of reserved places for each sort of run. */
    private final Map<Place, Integer> kept = new HashMap<>();

    private int numbers;

    /**
     * Creates an empty registry.
     *
     * @param most how many workers there may be
     * @param runsPerWorker how many Python runs may share a worker; the number of Java runs is not bounded
     * @param offline whether idle workers are without a network
     */
    WorkerRegistry(int most, int runsPerWorker, boolean offline) {
        this.most = most;
        this.runsPerWorker = runsPerWorker;
        this.offline = offline;
    }

    /** Adds a worker with a new number. */
    Worker join(boolean withoutNetwork) {
        Worker worker = new Worker(++numbers, withoutNetwork);
        workers.put(worker.number, worker);
        return worker;
    }

    /** Removes a worker and its runs; returns false if it was removed before. */
    boolean leave(Worker worker) {
        byRun.keySet().removeAll(worker.runs.keySet());
        return workers.remove(worker.number) != null;
    }

    /** Assigns a run to a worker. */
    void assign(Worker worker, Launch launch) {
        worker.runs.put(launch.run(), launch);
        byRun.put(launch.run(), worker);
    }

    /** Removes a run from its worker. Returns whether it had been told to end. */
    boolean unassign(Worker worker, long run) {
        worker.runs.remove(run);
        byRun.remove(run);
        return worker.cancelled.remove(run);
    }

    /** The worker of this run. */
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
     * Reserves a place for one more run, unless all are taken or reserved, so that runs whose claims are requested at
     * the same time never outnumber the places. Java runs that may share a process always have a place.
     */
    boolean keepPlace(Place place) {
        kept.merge(place, 1, Integer::sum);
        boolean fits = (place.isJava() && !place.alone()) || fits();
        if (!fits) {
            freePlace(place);
        }
        return fits;
    }

    /** Releases a reserved place: its run starts now, or not at all. */
    void freePlace(Place place) {
        kept.computeIfPresent(place, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Whether the reserved runs fit into the workers that there may be. */
    private boolean fits() {
        int idle = 0;
        for (Worker worker : workers.values()) {
            idle += worker.idle() ? 1 : 0;
        }
        int python = 0;
        int special = 0;
        for (Map.Entry<Place, Integer> each : kept.entrySet()) {
            int needed = each.getKey().isJava() ? 0 : neededFor(each.getKey(), each.getValue());
            if (each.getKey().isOffline() == offline) {
                python += needed;
            } else {
                special += needed;
            }
        }
        int more = neededForJava() + special + Math.max(0, python - idle);
        return more == 0 || more <= most - workers.size();
    }

    /** How many new workers the reserved runs of this sort need. */
    private int neededFor(Place place, int runs) {
        if (place.alone()) {
            return runs;
        }
        int left = runs;
        for (Worker worker : workers.values()) {
            if (place.equals(worker.place) && worker.open()) {
                left -= Math.max(0, runsPerWorker - worker.runs.size());
            }
        }
        return Math.ceilDiv(Math.max(0, left), runsPerWorker);
    }

    private int neededForJava() {
        int needed = 0;
        for (Map.Entry<Place, Integer> each : kept.entrySet()) {
            Place place = each.getKey();
            if (place.isJava()) {
                needed += place.alone() ? each.getValue() : sharing(place) == null ? 1 : 0;
            }
        }
        return needed;
    }

    /** A worker with a place for one more run of this sort. */
    @Nullable
    Worker sharing(Place place) {
        for (Worker worker : workers.values()) {
            boolean full = !place.isJava() && worker.runs.size() >= runsPerWorker;
            if (!place.alone() && place.equals(worker.place) && worker.open() && !full) {
                return worker;
            }
        }
        return null;
    }

    /** A worker that may be used for any Python run of this sort. */
    @Nullable
    Worker idle(Place place) {
        return place.isOffline() == offline ? idle() : null;
    }

    private @Nullable Worker idle() {
        for (Worker worker : workers.values()) {
            if (worker.idle()) {
                return worker;
            }
        }
        return null;
    }

    /** Whether to fork one more worker in advance, so that the next start need not wait for it. */
    boolean lacksIdle() {
        return idle() == null && workers.size() + neededForJava() < most;
    }

    /**
     * Whether to end this worker: it has no runs and should get none, because it served one run alone, is stale, or
     * another worker like it has no runs either.
     */
    boolean canSpare(Worker worker) {
        Place place = worker.place;
        return place != null
                && !worker.leaving
                && worker.runs.isEmpty()
                && (place.alone() || worker.stale || hasEquivalent(worker, place));
    }

    private boolean hasEquivalent(Worker worker, Place place) {
        for (Worker other : workers.values()) {
            if (other != worker && other.open() && other.runs.isEmpty() && place.equals(other.place)) {
                return true;
            }
        }
        return false;
    }
}
