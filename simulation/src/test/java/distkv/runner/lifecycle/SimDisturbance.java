package distkv.runner.lifecycle;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Something that goes wrong, or changes, in a simulated history. */
final class SimDisturbance {
    private static final double DAY = 86_400;

    private final Sim sim;
    private final SimHistory history;

    SimDisturbance(Sim sim, SimHistory history) {
        this.sim = sim;
        this.history = history;
    }

    void happen() {
        SimNode node = history.anyNode();
        switch (sim.random.nextInt(32)) {
            case 0, 1 -> {
                if (node.isUp()) {
                    node.kill();
                } else {
                    node.start();
                }
            }
            case 2, 3, 4 -> cutOrMend(node);
            case 5 ->
                node.group.nodes.forEach(one -> {
                    // A network that comes apart, or together.
                    if (sim.chance(0.5)) {
                        cutOrMend(one);
                    }
                });
            case 6, 7 -> {
                if (node.isPaused()) {
                    node.resume();
                } else if (node.isUp() && !node.isSuspended()) {
                    node.pause();
                }
            }
            case 8, 9 -> {
                if (node.isSuspended()) {
                    node.wake();
                } else if (node.isUp() && !node.isPaused()) {
                    node.suspend();
                }
            }
            case 10, 11 -> {
                if (node.isUp() && !node.isCutOff() && !node.isPaused() && !node.isSuspended()) {
                    node.restart();
                }
            }
            case 12 -> {
                double skew = sim.between(0, SimCheck.SKEW);
                double ahead = sim.chance(0.5) ? skew : -skew;
                sim.note(() -> node.name + " has its clock set by " + ahead);
                node.set(ahead);
            }
            case 13 -> sim.put(Sim.GROUPS.child(node.group.name), Map.of("drain", List.of(node.name)));
            case 14 -> sim.delete(Sim.GROUPS.child(node.group.name));
            case 15 -> history.code(history.anyGroup(), "return " + sim.now);
            case 16 -> history.code(history.anyGroup(), null);
            case 17 -> history.code(history.anyGroup(), "return 42");
            case 18, 19 -> history.deleteAny();
            case 20, 21, 22 -> {
                // As systemd does: it is there again before its lease has ended.
                if (node.isUp()) {
                    node.crash(sim.between(0, 1));
                }
            }
            case 23 -> restartServer(0);
            case 24 -> restartServer(0.5);
            case 25 -> restartServer(1);
            case 26 -> history.rename(node);
            case 27 -> history.backUp();
            case 28 -> node.set(sim.chance(0.7) ? DAY : 0);
            default -> history.storeAny();
        }
    }

    /** The server ends, and is there again later, perhaps as it was once; that many of the runners are killed meanwhile. */
    private void restartServer(double killed) {
        sim.note(() -> "the server ends");
        Set<SimNode> away = new HashSet<>();
        for (SimNode node : history.nodes()) {
            if (node.isCutOff()) {
                away.add(node);
            } else if (node.isUp()) {
                node.cutOff();
            }
        }
        sim.store.goDown();
        for (SimNode node : history.nodes()) {
            if (node.isUp() && sim.chance(killed)) {
                node.crash(sim.between(0, 5));
            }
        }
        sim.run(sim.between(0, 5));
        SimStore.Backup backup = history.backup();
        if (backup != null && sim.chance(0.3)) {
            sim.restore(backup);
        }
        sim.note(() -> "the server is there again");
        sim.store.comeBack(SimSession.TTL);
        for (SimNode node : history.nodes()) {
            if (node.isUp() && node.isCutOff() && !away.contains(node)) {
                node.reconnect();
            }
        }
    }

    private static void cutOrMend(SimNode node) {
        if (node.isCutOff()) {
            node.reconnect();
        } else if (node.isUp()) {
            node.cutOff();
        }
    }
}
