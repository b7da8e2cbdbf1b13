package distkv.runner.lifecycle;

import distkv.model.Path;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.schema.code.Catalog;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A runner of the simulation: the real lifecycle of jobs; network, session, feeds and workers are played. It can be killed,
 * stopped, cut off, paused without its workers, suspended with all of its machine, and have its clock set.
 */
final class SimNode {
    final Sim sim;
    final Sim.Group group;
    final String name;
    final Set<String> labels;
    final SimFeeds feeds;
    SimWorkers workers;
    private final Map<Kind, Site.Roots> roots = new EnumMap<>(Kind.class);
    private final List<Runnable> heldByNetwork = new ArrayList<>();
    private final List<Runnable> heldByPause = new ArrayList<>();

    private @Nullable Lifecycle lifecycle;
    private SimEffects effects;

    private final SimSession session;
    private int life;
    private double wakeAt = Double.POSITIVE_INFINITY;
    private boolean cutOff;
    private boolean current;
    private boolean paused;
    private boolean suspended;
    private double suspendedAt;
    /** How much time its monotonic clock has missed while suspended. */
    private double missed;

    private double disturbedAt;
    /** How far its wall clock is ahead. */
    private double skew;
    /** Whether it is gone for good: its machine has another name now. */
    private boolean retired;

    private boolean stopping;
    private double setAt;

    SimNode(Sim sim, Sim.Group group, String name, Set<String> labels) {
        this.sim = sim;
        this.group = group;
        this.name = name;
        this.labels = labels;
        this.feeds = new SimFeeds(sim, group, this);
        this.workers = new SimWorkers(sim, this);
        this.session = new SimSession(this);
        this.effects = new SimEffects(this);
        for (Kind kind : Kind.values()) {
            roots.put(
                    kind,
                    new Site.Roots(
                            kind.entries(Sim.RUNS, group.name, name),
                            kind.states(Sim.STATES, group.name, name),
                            kind.states(Sim.CLAIMS, group.name, name)));
        }
        group.nodes.add(this);
    }

    /** Which life it is in: what was begun in an earlier one concerns nobody. */
    int life() {
        return life;
    }

    boolean isUp() {
        return lifecycle != null;
    }

    /** Whether it was told to stop, and is about to start again. */
    boolean isStopping() {
        return stopping;
    }

    boolean isRetired() {
        return retired;
    }

    boolean isCutOff() {
        return cutOff;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isSuspended() {
        return suspended;
    }

    /** Its wall clock. */
    double clock() {
        return sim.now + skew;
    }

    /** The clock that goes on only while the machine does. */
    double monotonic() {
        return (suspended ? suspendedAt : sim.now) - missed;
    }

    /** Sets its wall clock, so that it is ahead by that much. */
    void set(double ahead) {
        setAt = sim.now;
        disturbedAt = sim.now;
        skew = ahead;
        turn();
    }

    /** Whether its clock was set then or later. */
    boolean wasSet(double since) {
        return setAt >= since;
    }

    /** Starts the runner: reads everything, as soon as there is a server, then follows. */
    void start() {
        if (retired) {
            return;
        }
        sim.note(() -> name + " starts");
        life++;
        workers.ending(() -> {}).run();
        workers = new SimWorkers(sim, this);
        Catalog catalog = new Catalog();
        ErrorIndex errors = new ErrorIndex(Sim.ERRORS.child(group.name));
        effects = new SimEffects(this);
        lifecycle = new Lifecycle(
                new Site(name, labels, Sim.CODES.child(group.name), Path.of("module"), roots),
                effects,
                catalog,
                errors,
                this::clock);
        feeds.restart(catalog, errors);
        cutOff = sim.store.isDown();
        current = !cutOff;
        if (current) {
            feeds.readAll();
        }
        session.open();
    }

    /** Kills the runner, and starts it again under the same name soon afterwards. */
    void crash(double away) {
        kill();
        sim.after(away, () -> {
            if (!isUp()) {
                start();
            }
        });
    }

    /** Kills the runner for good: its machine gets another name. */
    void retire() {
        kill();
        retired = true;
    }

    /** Kills the runner; its workers' parent notices, and kills them. On its machine the server may notice that. */
    void kill() {
        sim.note(() -> name + " is killed");
        long held = session.lease();
        boolean witnessed = sim.chance(0.5);
        down();
        sim.after(sim.between(0.0005, 0.05), workers.ending(() -> {
            if (witnessed) {
                sim.store.end(held);
            }
        }));
    }

    private void down() {
        life++;
        lifecycle = null;
        stopping = false;
        wakeAt = Double.POSITIVE_INFINITY;
        cutOff = false;
        paused = false;
        wake();
        heldByNetwork.clear();
        heldByPause.clear();
    }

    void cutOff() {
        disturbedAt = sim.now;
        sim.note(() -> name + " is cut off");
        cutOff = true;
        current = false;
        turn();
    }

    void reconnect() {
        disturbedAt = sim.now;
        sim.note(() -> name + " is back");
        cutOff = false;
        release(heldByNetwork);
        session.renew();
        sim.after(sim.between(0.001, 0.1), connected(() -> {
            feeds.readAll();
            current = true;
            turn();
        }));
    }

    /** The runner's process is stopped (SIGSTOP); the workers and their parent are not. */
    void pause() {
        disturbedAt = sim.now;
        sim.note(() -> name + " is paused");
        paused = true;
    }

    void resume() {
        disturbedAt = sim.now;
        sim.note(() -> name + " goes on");
        paused = false;
        if (sim.chance(0.5)) {
            turn();
        }
        release(heldByPause);
        turn();
    }

    /** The whole machine stands still, and with it its clocks but the wall clock's. */
    void suspend() {
        disturbedAt = sim.now;
        sim.note(() -> name + " is suspended");
        suspended = true;
        suspendedAt = sim.now;
    }

    void wake() {
        if (suspended) {
            sim.note(() -> name + " wakes up");
            suspended = false;
            disturbedAt = sim.now;
            missed += sim.now - suspendedAt;
            workers.wake();
            release(heldByPause);
            turn();
        }
    }

    private static void release(List<Runnable> held) {
        List<Runnable> waiting = List.copyOf(held);
        held.clear();
        waiting.forEach(Runnable::run);
    }

    /** Stops the runner as SIGTERM does: its runs end and are recorded, its session too; later it starts again. */
    void restart() {
        sim.note(() -> name + " is told to stop");
        int mine = life;
        double stopped = sim.now;
        Lifecycle to = lifecycle;
        if (to != null) {
            stopping = true;
            handle(new JobEvent.Stopping());
            sim.after(Handover.CLOSING + ActiveRuns.GRACE + 1, () -> {
                if (mine == life) {
                    sim.check.isOver(this, disturbedAt >= stopped || cutOff || paused || suspended, to.busy());
                    workers.ending(() -> {}).run();
                    sim.store.end(session.lease());
                    down();
                    start();
                }
            });
            turn();
        }
    }

    /** Something happens to its jobs: carries out what it decides. */
    void handle(JobEvent event) {
        Lifecycle to = lifecycle;
        if (to != null) {
            effects.carryOut(to.handle(event));
        }
    }

    /** Does what is due. */
    void turn() {
        Lifecycle to = lifecycle;
        if (to == null || paused || suspended) {
            return;
        }
        double left = session.left();
        handle(new JobEvent.LeaseChanged(new Lease(session.lease(), clock() + left, SimSession.MARGIN)));
        handle(new JobEvent.OpenChanged(current && !cutOff && left > SimSession.MARGIN));
        handle(new JobEvent.TimerFired());
        effects.sendNotes();
        double next = to.next() - skew;
        if (next < Double.POSITIVE_INFINITY && (next < wakeAt || wakeAt <= sim.now)) {
            wakeAt = Math.max(next, sim.now + 1e-6);
            int mine = life;
            double at = wakeAt;
            sim.at(at, () -> {
                if (mine == life && at == wakeAt) {
                    wakeAt = Double.POSITIVE_INFINITY;
                    turn();
                }
            });
        }
        session.publish(to.load());
    }

    /** Something that reaches the runner over the network: now, or when that is back; never in another life. */
    Runnable connected(Runnable what) {
        int mine = life;
        return new Runnable() {
            @Override
            public void run() {
                if (mine == life && cutOff) {
                    heldByNetwork.add(this);
                } else if (mine == life) {
                    awake(what).run();
                }
            }
        };
    }

    /** Something that reaches the runner from its own machine. */
    Runnable awake(Runnable what) {
        int mine = life;
        return new Runnable() {
            @Override
            public void run() {
                if (mine == life && (paused || suspended)) {
                    heldByPause.add(this);
                } else if (mine == life) {
                    what.run();
                }
            }
        };
    }
}
