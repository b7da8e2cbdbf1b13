package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.balance.WaterFilling;
import distkv.runner.group.Peer;
import distkv.schema.job.Kind;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A history that chance makes from a seed: a world, what goes wrong in it, and what must be so once all is quiet. */
final class SimHistory {
    /** Seeds from here on make worlds of 1,000 runners and 10,000 jobs; below it of up to 20 and 200, mostly few. */
    static final long LARGE = 1_000_000_000;

    private static final Set<String> GPIO = Set.of("gpio");

    /** A job of the history. */
    record Task(
            Kind kind,
            Sim.Group group,
            String node,
            String name,
            boolean service,
            boolean split,
            boolean handover,
            Set<String> has,
            double repeat,
            double delay) {
        Path entry() {
            return kind.entries(Sim.RUNS, group.name, node).child(name);
        }
    }

    /** What the tree was once, for a restore. */
    private SimStore.@Nullable Backup backup;

    private final Sim sim;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final boolean large;

    SimHistory(long seed, @Nullable List<String> journal) {
        sim = new Sim(seed, journal);
        large = seed >= LARGE;
        int nodeCount = large ? 1_000 : 1 + few(20);
        int taskCount = large ? 10_000 : 1 + few(200);
        int groupSize = large ? 3 + sim.random.nextInt(6) : sim.chance(0.1) ? 2 : 20;
        boolean tight = sim.chance(0.1);
        sim.room = tight && !large ? 3 : Integer.MAX_VALUE;
        sim.outbox = sim.chance(0.2) ? 1 : 1_000;
        for (int i = 0; i < nodeCount; i++) {
            Sim.Group group = sim.group("g" + i / groupSize);
            nodes.add(new SimNode(sim, group, "n" + i, sim.chance(0.4) ? GPIO : Set.of()));
        }
        List<Sim.Group> groups = List.copyOf(sim.groups.values());
        groups.forEach(group -> code(group, "return 42"));
        double services = tight ? 0 : sim.random.nextDouble();
        for (int i = 0; i < taskCount; i++) {
            Sim.Group group = groups.get(i % groups.size());
            Kind kind = kind(i / groups.size());
            tasks.add(new Task(
                    kind,
                    group,
                    any(group.nodes).name,
                    "job" + i,
                    sim.chance(services),
                    sim.chance(0.1),
                    sim.chance(0.3),
                    sim.chance(0.1) ? GPIO : Set.of(),
                    sim.chance(large ? 0.98 : 0.7) ? 0 : sim.between(0.2, 10),
                    sim.between(0.1, 3)));
        }
    }

    /** Many of the jobs of a large world are for one node, since it is the others that all nodes of a group follow. */
    private Kind kind(int number) {
        int each = large ? 2 : 4;
        return number % each == 0 ? Kind.AT : number % 16 == 1 ? Kind.ALL : Kind.ANY;
    }

    /** A number below the most, seldom near it. */
    private int few(int most) {
        return (int) (most * Math.pow(sim.random.nextDouble(), 4));
    }

    private <T> T any(List<T> list) {
        return list.get(sim.random.nextInt(list.size()));
    }

    /** What is wrong with the history of this seed, and how to see it; {@code null} if nothing is. */
    static @Nullable String failure(long seed) {
        try {
            new SimHistory(seed, null).run();
            return null;
        } catch (SimCheck.Violation | RuntimeException e) {
            return e + "; to replay: mvn -q -Dquick test -pl simulation -am -Dtest=SimulationTest#replay -Dseed=" + seed
                    + " -Dsurefire.failIfNoSpecifiedTests=false";
        }
    }

    /** Lets it happen. */
    void run() {
        if (sim.chance(0.5)) {
            tasks.forEach(this::store);
            nodes.forEach(this::startSoon);
        } else {
            nodes.forEach(this::startSoon);
            sim.run(1);
            tasks.forEach(this::store);
        }
        int steps = large ? 50 : 30;
        for (int i = 0; i < steps; i++) {
            sim.run(large ? 0.1 : sim.between(0.02, 6));
            new SimDisturbance(sim, this).happen();
        }
        SimLiveness liveness = new SimLiveness(sim, tasks);
        heal();
        for (int i = 0; i < 2; i++) {
            double since = sim.now;
            sim.run(SimLiveness.BOUND);
            liveness.everyJobThatWasDueHasRun(since);
        }
        calm();
        double last = sim.now;
        tasks.forEach(task -> store(task, last, 0));
        sim.run(large ? 12 : 30);
        everyJobHasRun(last);
        theLoadIsBalanced();
    }

    private void startSoon(SimNode node) {
        sim.after(sim.between(0, 0.5), () -> {
            if (!node.isUp()) {
                node.start();
            }
        });
    }

    private void store(Task task) {
        store(task, sim.now - 1 + sim.between(0, 20), task.repeat());
    }

    private void store(Task task, double target, double repeat) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("demo"));
        entry.put("target", target);
        entry.put("repeat", repeat);
        entry.put("delay", task.delay());
        boolean gpio = task.has().equals(GPIO);
        entry.put("data", Map.of("service", task.service(), "handover", task.handover(), "gpio", gpio));
        entry.put("split", task.split() ? "run" : "stop");
        entry.put("handover", task.handover());
        entry.put("where", Map.of("has", List.copyOf(task.has())));
        sim.put(task.entry(), entry);
    }

    void storeAny() {
        store(any(tasks));
    }

    void deleteAny() {
        sim.delete(any(tasks).entry());
    }

    SimNode anyNode() {
        return any(nodes);
    }

    List<SimNode> nodes() {
        return List.copyOf(nodes);
    }

    /** A machine gets another name, and starts its runner under that. */
    void rename(SimNode node) {
        sim.note(() -> node.name + " is renamed");
        node.retire();
        nodes.remove(node);
        SimNode renamed = new SimNode(sim, node.group, node.name + "x", node.labels);
        nodes.add(renamed);
        startSoon(renamed);
    }

    void backUp() {
        sim.note(() -> "backup");
        backup = sim.store.backup();
    }

    SimStore.@Nullable Backup backup() {
        return backup;
    }

    Sim.Group anyGroup() {
        return any(nodes).group;
    }

    void code(Sim.Group group, @Nullable String source) {
        sim.check.codeChanged.put(group.name, sim.now);
        Path path = Sim.CODES.child(group.name).child("demo");
        if (source == null) {
            sim.delete(path);
        } else {
            sim.put(path, Map.of("code", source, "is_async", true));
        }
    }

    /** All is well again; the longest that anything may wait is a long run's end, a lease, an error's delay, a clock. */
    private void calm() {
        sim.note(() -> "calm");
        sim.calm = true;
        sim.groups.values().forEach(group -> {
            code(group, "return 43");
            sim.delete(Sim.GROUPS.child(group.name));
        });
        heal();
        sim.run(large ? 12 : 20);
    }

    /** Nothing is broken any more: every runner is there, and so is the server. */
    private void heal() {
        while (nodes.stream().anyMatch(SimNode::isStopping)) {
            sim.run(1);
        }
        sim.note(() -> "healthy");
        for (SimNode node : nodes) {
            node.set(0);
            if (node.isCutOff()) {
                node.reconnect();
            }
            if (node.isPaused()) {
                node.resume();
            }
            node.wake();
            if (!node.isUp()) {
                node.start();
            }
        }
    }

    private void everyJobHasRun(double since) {
        TreeSet<String> missing = new TreeSet<>();
        for (Task task : tasks) {
            for (SimNode node : task.group().nodes) {
                if (node.isRetired()) {
                    continue;
                }
                boolean able = node.labels.containsAll(task.has());
                if (task.kind() == Kind.ALL ? !able : task.kind() == Kind.AT && !node.name.equals(task.node())) {
                    continue;
                }
                String job = SimCheck.where(task.entry(), node.name);
                boolean possible = task.kind() == Kind.ANY
                        ? task.group().nodes.stream()
                                .anyMatch(one -> !one.isRetired() && one.labels.containsAll(task.has()))
                        : able;
                boolean ran = sim.check.hasSucceeded(job, since) || (task.service() && sim.check.isRunning(job, since));
                if (ran != possible) {
                    missing.add(
                            job + (possible ? " has not run" : " has run without its label") + about(task, node.name));
                }
                if (!possible) {
                    saysWhy(task, node.name);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new SimCheck.Violation("in the end " + missing);
        }
    }

    private String about(Task task, String node) {
        Path state = task.kind().states(Sim.STATES, task.group().name, node).child(task.name());
        Path claim = task.kind().states(Sim.CLAIMS, task.group().name, node).child(task.name());
        return " (" + content(state) + ", claim " + content(claim) + ")";
    }

    private @Nullable Object content(Path path) {
        Entry entry = sim.store.get(path);
        return entry == null || entry.value() == null ? null : Values.decode(entry.value());
    }

    private void saysWhy(Task task, String node) {
        Path path = task.kind().states(Sim.STATES, task.group().name, node).child(task.name());
        var state = sim.store.get(path);
        Reason reason = state == null || state.value() == null
                ? Reason.NONE
                : StateEntry.read(state.value()).reason();
        if (!reason.code().lacksNode()) {
            throw new SimCheck.Violation(task + " cannot run, and its state says '" + reason + "'");
        }
    }

    /** No node has clearly more jobs than its share while another one that may run one of them has less. */
    private void theLoadIsBalanced() {
        for (Sim.Group group : sim.groups.values()) {
            Map<String, Task> byName = new HashMap<>();
            for (Task task : tasks) {
                if (task.group() == group && task.kind() == Kind.ANY) {
                    byName.put(SimCheck.where(task.entry(), ""), task);
                }
            }
            Map<Set<String>, Integer> wanted = new HashMap<>();
            List<Peer> peers = new ArrayList<>();
            List<List<Task>> held = new ArrayList<>();
            List<List<Task>> mayMove = new ArrayList<>();
            for (SimNode node : group.nodes) {
                if (node.isRetired()) {
                    continue;
                }
                List<Task> movable = new ArrayList<>();
                List<SimWorkers.Execution> all = node.workers.all();
                all.stream()
                        .map(one -> byName.get(one.job))
                        .filter(Objects::nonNull)
                        .forEach(movable::add);
                movable.forEach(task -> wanted.merge(task.has(), 1, Integer::sum));
                peers.add(new Peer(node.name, 1, all.size() - movable.size(), node.labels, false));
                held.add(movable);
                mayMove.add(all.stream()
                        .filter(one -> one.isWell || one.handover)
                        .map(one -> byName.get(one.job))
                        .filter(Objects::nonNull)
                        .toList());
            }
            double[] shares = WaterFilling.shares(peers, wanted);
            for (int i = 0; i < shares.length; i++) {
                double pinned = peers.get(i).pinned();
                int mine = held.get(i).size();
                boolean much = mine + pinned > 1.1 * (shares[i] + pinned) && mine > WaterFilling.most(shares[i]);
                for (int j = 0; much && j < shares.length; j++) {
                    Peer other = peers.get(j);
                    boolean may = mayMove.get(i).stream().anyMatch(task -> other.mayRun(task.has()));
                    if (i != j && may && held.get(j).size() < WaterFilling.most(shares[j])) {
                        throw new SimCheck.Violation(peers.get(i) + " runs " + held.get(i) + ", should run " + shares[i]
                                + "; " + other + " runs " + held.get(j) + ", should run " + shares[j]);
                    }
                }
            }
        }
    }
}
