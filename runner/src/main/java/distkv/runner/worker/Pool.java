package distkv.runner.worker;

import distkv.client.Witness;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.group.GroupState;
import distkv.schema.code.Language;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which run is in which worker. Asynchronous runs share workers, synchronous ones are alone; one idle worker is kept
 * ready, so that a start does not wait for a fork. All runs in Java share one process, but that those which must end with
 * their claims do not take along those which need not: these have another one. Used by the decision thread only, and
 * never waits.
 */
public final class Pool {
    private final PoolOptions options;
    private final ParentLink parent;
    private final Modules modules;
    private final PoolListener listener;
    private final Crew crew;
    private final Forks forks;
    private final Map<Link, Worker> linked = new HashMap<>();
    private GroupState state = new GroupState(GroupState.Level.BROKEN, 0, 0);

    /** A pool without workers; its clock counts seconds, from wherever. */
    public Pool(PoolOptions options, PythonHost host, Modules modules, PoolListener listener, DoubleSupplier clock) {
        this.options = options;
        this.modules = modules;
        this.crew = new Crew(options.maxWorkers(), options.runsPerWorker());
        this.listener = listener;
        this.parent = new ParentLink(host, listener, clock);
        this.forks = new Forks(parent, host, options.java(), crew);
    }

    /** Starts the parent and the first worker. */
    public void start() {
        parent.start();
        forks.keepOneIdle();
    }

    /** Keeps a place for one more run, if there is one. */
    public boolean keepPlace(Language language, boolean alone, boolean outlivesClaim) {
        return !parent.isDown() && crew.keepPlace(new Worker.Sharing(language, alone, outlivesClaim));
    }

    /** Gives up a place that was kept: nothing starts there, or it starts now. */
    public void freePlace(Language language, boolean alone, boolean outlivesClaim) {
        crew.freePlace(new Worker.Sharing(language, alone, outlivesClaim));
    }

    /** Starts a run. */
    public void start(Launch launch) {
        Worker.Sharing sharing = Worker.Sharing.of(launch);
        Worker worker = crew.sharing(sharing);
        if (worker == null) {
            worker = sharing.isJava() ? forks.java(launch) : crew.idle();
        }
        if (worker == null) {
            worker = forks.python();
        }
        if (worker.sharing == null) {
            worker.sharing = sharing;
        }
        crew.seat(worker, launch);
        forks.limit(worker, launch);
        send(worker, new ToPython.Start(launch, state, options.idle()));
        forks.keepOneIdle();
    }

    private void send(Worker worker, ToPython message) {
        if (!worker.send(message) && !worker.leaving) {
            listener.trouble("worker " + worker.number + " reads nothing: it is killed");
            forks.kill(worker, false);
        }
    }

    /** Tells a run to end; {@code lost}: because its claim is gone. */
    public void cancel(long run, boolean lost) {
        Worker worker = crew.of(run);
        if (worker != null) {
            worker.cancelled.add(run);
            send(worker, new ToPython.Cancel(run, lost));
        }
    }

    /** The run is not on standby any more: it has this claim. */
    public void claim(long run, Guard claim) {
        Worker worker = crew.of(run);
        if (worker != null) {
            worker.runs.computeIfPresent(run, (number, launch) -> launch.under(claim));
            send(worker, new ToPython.Claim(run, claim));
        }
    }

    /** Kills the worker of a run, and with it all that share the worker. */
    public void kill(long run) {
        Worker worker = crew.of(run);
        if (worker != null) {
            forks.kill(worker, true);
        }
    }

    /** The state of the group is now this. */
    public void state(GroupState newState) {
        state = newState;
        crew.all().stream()
                .filter(worker -> !worker.runs.isEmpty())
                .forEach(worker -> send(worker, new ToPython.State(newState)));
    }

    /** Runs that must not outlive their claims are to be killed at that time of CLOCK_BOOTTIME; the parent sees to it. */
    public void deadline(double at) {
        forks.deadline(at);
    }

    /** Has all workers that are forked from now on witness for a session, and lets those go that do nothing. */
    public void vouch(Witness witness) {
        if (parent.vouch(new ToPython.Vouch(witness))) {
            crew.all().stream().filter(Worker::isUnused).forEach(worker -> send(worker, worker.finish()));
            forks.keepOneIdle();
        }
    }

    /** A module has changed: workers that have not loaded it will load the new one, others say that they have. */
    public void moduleChanged(Path path) {
        crew.all().stream()
                .filter(worker -> worker.link != null)
                .forEach(worker -> send(worker, modules.changed(path, worker.language())));
    }

    private void stale(@Nullable Worker worker) {
        if (worker != null && worker.language() == Language.PYTHON) {
            worker.stale = true;
            retire(worker);
            forks.keepOneIdle();
        }
    }

    /** Has a run begin elsewhere; if it was told to end meanwhile, it has. */
    private void refused(long run) {
        Worker worker = crew.of(run);
        Launch launch = crew.launch(run);
        if (worker == null || launch == null) {
            return;
        }
        boolean cancelled = crew.unseat(worker, run);
        stale(worker);
        if (cancelled) {
            listener.ended(run, Ended.Failed.CANCELLED);
        } else {
            start(launch);
        }
    }

    /** Lets a worker go that has no runs and will get none. */
    private void retire(Worker worker) {
        if (crew.canSpare(worker)) {
            send(worker, worker.finish());
        }
    }

    /** Takes in what comes from the Python side. */
    public void accept(PythonEvent event) {
        switch (event) {
            case PythonEvent.Received(Link link, FromPython message) -> received(link, message);
            case PythonEvent.Closed(Link link) -> closed(link);
            case PythonEvent.ParentEnded(String how) -> parentGone(how);
        }
    }

    private void received(Link link, FromPython message) {
        switch (message) {
            case FromPython.Parent hello -> parent.connected(link);
            case FromPython.Forked forked -> {}
            case FromPython.Exited exited -> exited(crew.find(exited.worker()), exited);
            case FromPython.Worker(int number, long pid) -> connected(link, crew.find(number));
            case FromPython.Started(long run) -> listener.started(run);
            case FromPython.Imported(long run, Path path, long version, var failed) -> {
                if (version > 0 && !modules.isCurrent(path, version)) {
                    stale(linked.get(link));
                }
                listener.uses(run, path, version, failed);
            }
            case FromPython.Stale _ -> stale(linked.get(link));
            case FromPython.Refused(long run) -> refused(run);
            case FromPython.Setup(long run, var data) -> listener.well(run, data);
            case FromPython.Reported(long run, var path, int severity, var comment, var failed) ->
                listener.error(run, failed, path, severity, comment);
            case FromPython.Log(long run, String level, String text, double at) -> log(run, level, text, at);
            case FromPython.Over(long run, Ended ended, var limit) -> over(run, ended, limit);
        }
    }

    private void connected(Link link, @Nullable Worker worker) {
        if (worker == null || worker.exit != null) {
            link.close();
            return;
        }
        linked.put(link, worker);
        if (!worker.connected(link, options.init(modules.prefix()), modules.all(worker.language()))) {
            forks.kill(worker, false);
        }
    }

    private void log(long run, String level, String text, double at) {
        Launch launch = crew.launch(run);
        if (launch != null) {
            listener.log(launch, level, text, at);
        }
    }

    private void over(long run, Ended said, @Nullable String limit) {
        Worker worker = crew.of(run);
        if (worker == null) {
            return;
        }
        if (said instanceof Ended.Failed failed && failed.fault() == Ended.Fault.BLOCKED) {
            worker.blocked(run, failed);
            forks.kill(worker, true);
            return;
        }
        Ended ended = worker.end(run, said, limit);
        crew.unseat(worker, run);
        if (worker.runs.isEmpty()) {
            retire(worker);
        }
        listener.ended(run, ended);
        listener.room();
    }

    private void closed(Link link) {
        if (parent.closed(link)) {
            return;
        }
        Worker worker = linked.remove(link);
        if (worker != null) {
            worker.closed = true;
            // It should be about to end. If its code has closed the connection, nothing else can end it.
            forks.kill(worker, false);
            reap(worker);
        }
    }

    private void exited(@Nullable Worker worker, FromPython.Exited exited) {
        if (worker != null) {
            worker.exited(exited);
            reap(worker);
        }
    }

    private void parentGone(String how) {
        parent.ended(how);
        crew.all()
                .forEach(worker -> exited(
                        worker, new FromPython.Exited(worker.number, Ended.Died.WITH_PARENT, null, null, false)));
    }

    private void reap(Worker worker) {
        if (!worker.gone() || !crew.leave(worker)) {
            return;
        }
        List.copyOf(worker.runs.values()).forEach(lost -> listener.ended(lost.run(), worker.end(lost)));
        forks.keepOneIdle();
        listener.room();
    }

    /** Starts the parent again if it is time to; returns when to call again at the latest. */
    public double run() {
        if (parent.run()) {
            forks.keepOneIdle();
            listener.room();
        }
        return parent.next();
    }

    /** Lets go of the parent, which ends it and all workers. */
    public void close() {
        parent.close();
    }
}
