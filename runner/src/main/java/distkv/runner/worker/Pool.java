package distkv.runner.worker;

import distkv.client.Session;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.group.GroupState;
import distkv.runner.sandbox.SecretFiles;
import distkv.schema.code.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Assigns runs to workers. Asynchronous Python runs share workers, synchronous ones have a worker each; one idle worker
 * is kept ready, so that a start need not wait for a fork. Java runs share one process; those that must end with their
 * claims share a second one, so that they do not take the others with them. Never blocks.
 */
public final class Pool {
    private final PoolOptions options;
    private final ParentSupervisor parent;
    private final WorkerModules modules;
    private final PoolListener listener;
    private final RunTokenSource tokens;
    private final WorkerRegistry registry;
    private final WorkerLauncher launcher;
    private final Map<WorkerConnection, Worker> byConnection = new HashMap<>();
    /** The ends of runs that could not be started, and nobody has been told of. */
    private final List<RunEvent.Over> unstarted = new ArrayList<>();

    private GroupState state = new GroupState(GroupState.Level.BROKEN, 0, 0);

    /**
     * Creates a pool without workers.
     *
     * @param clock counts seconds from an arbitrary origin
     */
    public Pool(
            PoolOptions options,
            WorkerHost host,
            WorkerModules modules,
            PoolListener listener,
            RunTokenSource tokens,
            DoubleSupplier clock) {
        this.options = options;
        this.modules = modules;
        this.registry = new WorkerRegistry(options.maxWorkers(), options.runsPerWorker(), options.offline());
        this.listener = listener;
        this.tokens = tokens;
        this.parent = new ParentSupervisor(host, listener, clock);
        this.launcher = new WorkerLauncher(parent, options, registry);
    }

    /** Starts the parent and the first worker. */
    public void start() {
        parent.start();
        launcher.keepOneIdle();
    }

    /** Reserves a place for one more run. Returns false if there is none. */
    public boolean keepPlace(Place place) {
        return !parent.isDown() && registry.keepPlace(place);
    }

    /** Releases a reserved place: nothing starts there. */
    public void freePlace(Place place) {
        registry.freePlace(place);
    }

    /** Starts a run in the place that was reserved for it. */
    public void start(Launch launch) {
        registry.freePlace(launch.place());
        assign(launch);
    }

    private void assign(Launch launch) {
        SecretFiles.RunSecrets secrets;
        try {
            secrets = options.secrets().read(launch.secrets());
        } catch (SecretFiles.UnreadableSecretException e) {
            Ended failed =
                    new Ended.Failed(Ended.Fault.ERROR, "UnreadableSecret", e.getMessage(), null, null, Map.of());
            // Told later: the decision that started the run may have more effects.
            unstarted.add(new RunEvent.Over(launch.run(), failed));
            return;
        }
        Place place = launch.place();
        Worker worker = registry.sharing(place);
        if (worker == null) {
            worker = place.isJava() ? launcher.java(launch) : registry.idle(place);
        }
        if (worker == null) {
            worker = launcher.python(place.isOffline());
        }
        if (worker.place == null) {
            worker.place = place;
        }
        registry.assign(worker, launch);
        launcher.limit(worker, launch);
        send(worker, new ToWorker.Start(launch, state, options.idle(), secrets, tokens.token(launch)));
        launcher.keepOneIdle();
    }

    private void send(Worker worker, ToWorker message) {
        if (!worker.send(message) && !worker.leaving) {
            listener.trouble("worker " + worker.number + " does not read its messages: killing it");
            launcher.kill(worker, false);
        }
    }

    /**
     * Tells a run to end.
     *
     * @param lost whether it must end because its claim is gone
     */
    public void cancel(long run, boolean lost) {
        Worker worker = registry.of(run);
        if (worker != null) {
            worker.cancelled.add(run);
            send(worker, new ToWorker.Cancel(run, lost));
        }
    }

    /** Gives the run, which is no longer on standby, this claim. */
    public void claim(long run, Guard claim) {
        Worker worker = registry.of(run);
        if (worker != null) {
            Launch launch = Objects.requireNonNull(worker.runs.get(run)).under(claim);
            worker.runs.put(run, launch);
            send(worker, new ToWorker.Claim(run, claim, tokens.token(launch)));
        }
    }

    /** Kills the worker of a run, and with it all runs that share it. */
    public void kill(long run) {
        Worker worker = registry.of(run);
        if (worker != null) {
            launcher.kill(worker, true);
        }
    }

    /** Tells all runs the state of the group. */
    public void state(GroupState newState) {
        state = newState;
        registry.all().stream()
                .filter(worker -> !worker.runs.isEmpty())
                .forEach(worker -> send(worker, new ToWorker.State(newState)));
    }

    /** Sets the time of CLOCK_BOOTTIME at which the parent kills runs that must not outlive their claims. */
    public void deadline(double at) {
        launcher.deadline(at);
    }

    /** Has all workers that are forked from now on witness for a session, and ends the idle ones. */
    public void vouch(Session.Witness witness) {
        if (parent.vouch(new ToWorker.Vouch(witness))) {
            registry.all().stream().filter(Worker::isUnused).forEach(worker -> send(worker, worker.finish()));
            launcher.keepOneIdle();
        }
    }

    /**
     * Tells the workers that a module has changed. Those that have not loaded it will load the new version; the others
     * report that they are stale.
     */
    public void moduleChanged(Path path) {
        registry.all().stream()
                .filter(worker -> worker.connection != null)
                .forEach(worker -> send(worker, modules.changed(path, worker.language())));
    }

    /** A run uses a module: its worker is stale if that is not the stored version any more. */
    public void moduleUsed(WorkerConnection connection, RunEvent.ModuleUsed used) {
        if (used.version() > 0 && !modules.isCurrent(used.module(), used.version())) {
            stale(byConnection.get(connection));
        }
    }

    private void stale(@Nullable Worker worker) {
        if (worker != null && worker.language() == Language.PYTHON) {
            worker.stale = true;
            retire(worker);
            launcher.keepOneIdle();
        }
    }

    /** Starts a run elsewhere that its worker has refused, unless it was told to end meanwhile. */
    private void refused(long run) {
        Worker worker = registry.of(run);
        Launch launch = registry.launch(run);
        if (worker == null || launch == null) {
            return;
        }
        boolean cancelled = registry.unassign(worker, run);
        stale(worker);
        if (cancelled) {
            listener.changed(new RunEvent.Over(run, Ended.Failed.CANCELLED));
        } else {
            assign(launch);
        }
    }

    /** Ends a worker that has no runs and will get none. */
    private void retire(Worker worker) {
        if (registry.canSpare(worker)) {
            send(worker, worker.finish());
        }
    }

    /** Handles a message or the end of a connection or of the parent. */
    public void accept(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Received(WorkerConnection connection, FromWorker message) -> received(connection, message);
            case WorkerEvent.Closed(WorkerConnection connection) -> closed(connection);
            case WorkerEvent.ParentEnded(String how) -> parentGone(how);
        }
    }

    private void received(WorkerConnection connection, FromWorker message) {
        switch (message) {
            case FromWorker.Parent hello -> parent.connected(connection);
            case FromWorker.Forked forked -> {}
            case FromWorker.Exited exited -> exited(registry.find(exited.worker()), exited);
            case FromWorker.Worker(int number, long pid) -> connected(connection, registry.find(number));
            case FromWorker.OfRun _ -> {
                // Concerns the run alone.
            }
            case FromWorker.Stale _ -> stale(byConnection.get(connection));
            case FromWorker.Refused(long run) -> refused(run);
            case FromWorker.Log(long run, String level, String text, double at) -> log(run, level, text, at);
            case FromWorker.Over(long run, Ended ended, var limit) -> over(run, ended, limit);
        }
    }

    private void connected(WorkerConnection connection, @Nullable Worker worker) {
        if (worker == null || worker.exit != null) {
            connection.close();
            return;
        }
        byConnection.put(connection, worker);
        if (!worker.connected(
                connection, options.init(modules.prefix(), worker.offline), modules.all(worker.language()))) {
            launcher.kill(worker, false);
        }
    }

    private void log(long run, String level, String text, double at) {
        Launch launch = registry.launch(run);
        if (launch != null) {
            listener.log(launch, level, text, at);
        }
    }

    private void over(long run, Ended said, @Nullable String limit) {
        Worker worker = registry.of(run);
        if (worker == null) {
            return;
        }
        if (said instanceof Ended.Failed failed && failed.fault() == Ended.Fault.BLOCKED) {
            worker.blocked(run, failed);
            launcher.kill(worker, true);
            return;
        }
        Ended ended = worker.end(run, said, limit);
        registry.unassign(worker, run);
        if (worker.runs.isEmpty()) {
            retire(worker);
        }
        listener.changed(new RunEvent.Over(run, ended));
        listener.roomMade();
    }

    private void closed(WorkerConnection connection) {
        if (parent.closed(connection)) {
            return;
        }
        Worker worker = byConnection.remove(connection);
        if (worker != null) {
            worker.closed = true;
            // The worker should be about to end. If its code closed the connection, only killing ends it.
            launcher.kill(worker, false);
            reap(worker);
        }
    }

    private void exited(@Nullable Worker worker, FromWorker.Exited exited) {
        if (worker != null) {
            worker.exited(exited);
            reap(worker);
        }
    }

    private void parentGone(String how) {
        parent.ended(how);
        registry.all()
                .forEach(worker -> exited(
                        worker, new FromWorker.Exited(worker.number, Ended.Died.WITH_PARENT, null, null, false)));
    }

    private void reap(Worker worker) {
        if (!worker.gone() || !registry.leave(worker)) {
            return;
        }
        List.copyOf(worker.runs.values())
                .forEach(lost -> listener.changed(new RunEvent.Over(lost.run(), worker.end(lost))));
        launcher.keepOneIdle();
        listener.roomMade();
    }

    /**
     * Starts the parent again if it is time to, and tells of runs that could not be started. Returns when to call again
     * at the latest.
     */
    public double run() {
        List<RunEvent.Over> over = List.copyOf(unstarted);
        unstarted.clear();
        over.forEach(listener::changed);
        if (parent.run()) {
            launcher.keepOneIdle();
            listener.roomMade();
        }
        return unstarted.isEmpty() ? parent.next() : 0;
    }

    /** Disconnects from the parent, which ends it and all workers. */
    public void close() {
        parent.close();
    }
}
