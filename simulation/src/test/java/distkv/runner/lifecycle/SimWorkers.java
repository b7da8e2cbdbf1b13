package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.runner.worker.RunEvent;
import distkv.schema.job.JobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a simulated runner, and their parent: code that runs for a while and writes, each write with its claim
 * as a guard. The parent kills those that must not outlive their claim when the deadline has passed, whatever has
 * become of the runner.
 */
final class SimWorkers {
    /** One execution of a job's code. */
    static final class Execution {
        final String job;
        final SimNode node;
        final long run;
        final double from;
        Guard claim;
        final boolean outlivesClaim;
        final boolean split;
        final boolean handover;
        final Set<String> has;
        boolean over;
        /** It has said that it is set up, and its runner has heard it. */
        boolean isWell;
        /** Its machine stood still until its claim was gone; its parent is about to notice. */
        boolean stale;
        /** Another execution has taken over from it; it is about to be told. */
        boolean replaced;

        Execution(String job, SimNode node, double from, Launch launch) {
            this.job = job;
            this.node = node;
            this.run = launch.run();
            this.from = from;
            this.claim = launch.claim();
            this.outlivesClaim = launch.outlivesClaim();
            this.handover = Boolean.TRUE.equals(launch.globals().get("handover"));
            this.has = Boolean.TRUE.equals(launch.globals().get("gpio")) ? Set.of("gpio") : Set.of();
            this.split = outlivesClaim && launch.job().elements().get(1).equals("any");
        }

        /** Whether it waits until it has taken over from another one. */
        boolean isStandby() {
            return JobId.isStandby(claim.path());
        }

        @Override
        public String toString() {
            return String.format("%s on %s (run %d, claim %d)", job, node.name, run, claim.tick());
        }
    }

    private final Sim sim;
    private final SimNode node;
    private final Map<Long, Execution> running = new LinkedHashMap<>();
    private final List<Runnable> frozen = new ArrayList<>();
    private double deadline = Double.POSITIVE_INFINITY;

    SimWorkers(Sim sim, SimNode node) {
        this.sim = sim;
        this.node = node;
    }

    int size() {
        return running.size();
    }

    List<Execution> all() {
        return List.copyOf(running.values());
    }

    void start(Launch launch) {
        String job = SimCheck.where(launch.job(), node.name);
        Execution one = new Execution(job, node, sim.now, launch);
        running.put(one.run, one);
        sim.note(() -> one + " begins");
        sim.check.begins(one);
        sim.check.isRoom(node, running.size());
        if (!one.outlivesClaim && deadline <= sim.now) {
            sim.after(0.005, () -> over(one, killed(false)));
        }
        later(one, sim.between(0.001, 0.01), () -> tell(new RunEvent.Started(one.run)));
        if (sim.chance(one.isStandby() && sim.calm ? 1 : 0.7)) {
            later(one, sim.between(0.01, 2), () -> tell(new RunEvent.SetupDone(one.run, null, Map.of())));
        }
        later(one, sim.between(0.001, 1), () -> write(one, 2));
        boolean service = Boolean.TRUE.equals(launch.globals().get("service"));
        int chance = sim.calm ? 0 : sim.random.nextInt(20);
        if (!service || chance >= 18) {
            later(one, sim.between(0.005, sim.calm ? 0.5 : service ? 30 : 8), () -> over(one, end(chance)));
        }
    }

    private static Ended end(int chance) {
        return chance < 16
                ? new Ended.Done(Values.encode(42L))
                : chance < 19 ? failed(Ended.Fault.ERROR) : killed(false);
    }

    private static Ended failed(Ended.Fault fault) {
        return new Ended.Failed(fault, "ValueError", "no", null, 3L, Map.of());
    }

    private static Ended killed(boolean deliberate) {
        return new Ended.Died("signal 9", deliberate);
    }

    /** Has the execution do something later, if it is not over by then; while its machine is suspended it waits. */
    private void later(Execution one, double delay, Runnable what) {
        sim.after(delay, new Runnable() {
            @Override
            public void run() {
                if (!one.over && node.isSuspended()) {
                    frozen.add(this);
                } else if (!one.over) {
                    what.run();
                }
            }
        });
    }

    /** It writes; what it has sent arrives even if it is over by then. */
    private void write(Execution one, int more) {
        if (!node.isCutOff()) {
            sim.after(sim.between(0.0002, 0.02), () -> {
                Write write = Write.set(Sim.OUT.child(one.job), Values.encode(one.run), Expectation.anything());
                if (sim.store.commit(new Commit(List.of(write), List.of(one.claim))) != null) {
                    sim.check.writes(one);
                }
            });
        }
        if (more > 0) {
            later(one, sim.between(0.5, 6), () -> write(one, more - 1));
        }
    }

    private void tell(RunEvent event) {
        node.awake(() -> {
                    if (node.isUp()) {
                        @Nullable Execution one = running.get(event.run());
                        if (event instanceof RunEvent.SetupDone && one != null) {
                            one.isWell = true;
                        }
                        node.handle(new JobEvent.RunChanged(event));
                        node.turn();
                    }
                })
                .run();
    }

    private void over(Execution one, Ended ended) {
        if (!one.over) {
            one.over = true;
            running.remove(one.run);
            sim.note(() -> one + " ends: " + ended);
            sim.check.ends(one, ended instanceof Ended.Done);
            tell(new RunEvent.Over(one.run, ended));
        }
    }

    void claim(long run, Guard claim) {
        @Nullable Execution one = running.get(run);
        if (one != null) {
            later(one, 0, () -> {
                one.claim = claim;
                sim.check.takesOver(one);
            });
        }
    }

    /** A run is told to end, or offered, since another node is to have it. */
    void isMoved(long run) {
        @Nullable Execution one = running.get(run);
        if (one != null) {
            sim.check.moves(one, node.feeds.mayRun(one.has));
        }
    }

    void cancel(long run) {
        @Nullable Execution one = running.get(run);
        if (one != null) {
            // Some code takes longer to end than it is given.
            later(one, sim.between(0.001, sim.calm ? 0.1 : 3), () -> over(one, failed(Ended.Fault.CANCELLED)));
        }
    }

    void kill(long run) {
        @Nullable Execution one = running.get(run);
        if (one != null) {
            later(one, 0.01, () -> over(one, killed(true)));
        }
    }

    /** When the parent kills the runs that must not outlive their claims, unless it hears of a later time. */
    void deadline(double time) {
        deadline = time;
        sim.at(time, this::killOverdue);
    }

    private void killOverdue() {
        if (sim.now >= deadline && !node.isSuspended()) {
            for (Execution one : all()) {
                if (!one.outlivesClaim) {
                    over(one, killed(false));
                }
            }
        }
    }

    /** The machine goes on: so do the executions, until the parent sees how late it is. */
    void wake() {
        List<Runnable> waiting = List.copyOf(frozen);
        frozen.clear();
        running.values().forEach(one -> one.stale = sim.now >= deadline && !one.outlivesClaim);
        waiting.forEach(Runnable::run);
        sim.after(sim.between(0.0001, 0.02), this::killOverdue);
    }

    /** Something that ends all executions of now, and then does this. */
    Runnable ending(Runnable then) {
        List<Execution> all = all();
        return () -> {
            all.forEach(one -> over(one, killed(false)));
            then.run();
        };
    }
}
