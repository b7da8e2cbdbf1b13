package distkv.runner.balance;

import distkv.runner.balance.GroupSim.Violation;
import distkv.runner.group.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What chance makes of a small group, from a seed: one thing happens after the other, and each time all must be well soon. */
final class GroupHistory {
    /** How long a job that is set in a quiet group may wait for its claim, in seconds. */
    private static final double SOON = 3;

    private final GroupSim sim;
    private final boolean labelled;
    private final boolean weighted;
    private int names;
    private int jobs;

    private GroupHistory(long seed) {
        sim = new GroupSim(seed, 400);
        labelled = sim.random.nextInt(3) == 0;
        weighted = sim.random.nextInt(3) == 0;
    }

    /** What is wrong with the history of this seed; {@code null} if nothing is. */
    static @Nullable String failure(long seed) {
        try {
            new GroupHistory(seed).run();
            return null;
        } catch (Violation | RuntimeException e) {
            return "seed " + seed + ": " + e;
        }
    }

    private Peer peer() {
        Set<String> labels = labelled && names % 3 == 0 ? GroupSim.GPIO : GroupSim.ANY;
        double capacity = weighted ? 1 + sim.random.nextInt(4) : 1;
        return new Peer("n" + names++, capacity, 0, labels, false);
    }

    private void run() {
        int nodes = 2 + sim.random.nextInt(30);
        for (int i = 0; i < nodes; i++) {
            sim.after(sim.between(0, 1), () -> sim.start(peer(), sim.between(0.1, 0.5)));
        }
        sim.run(4);
        set();
        for (int i = 0; i < 4; i++) {
            switch (sim.random.nextInt(4)) {
                case 0 -> set();
                case 1 -> join();
                case 2 -> lose();
                default -> drain();
            }
        }
    }

    /** Jobs are set in a group that is quiet: each is claimed soon, by one node, and nothing is moved. */
    private void set() {
        int count = Math.min(1 + sim.random.nextInt(150), sim.jobs.length - jobs);
        sim.begin();
        double over = sim.between(0, 1);
        for (int i = 0; i < count; i++) {
            int job = jobs++;
            if (labelled || sim.labels(job).isEmpty()) {
                sim.after(sim.between(0, over), () -> sim.set(job));
            }
        }
        sim.run(over + SOON);
        sim.eachJobRuns();
        if (sim.count.conflicts > 5 + sim.count.claims / 5) {
            throw new Violation(
                    sim.count.claims + " claims and " + sim.count.conflicts + " conflicts in a quiet group");
        }
        sim.run(5);
        sim.isSettled();
        movedNoMoreThan(labelled ? sim.jobs.length : 0);
    }

    private void join() {
        sim.begin();
        int count = 1 + sim.random.nextInt(20);
        for (int i = 0; i < count; i++) {
            sim.start(peer(), sim.between(0.1, 0.5));
        }
        int excess = sim.excess();
        settle();
        movedNoMoreThan(excess);
    }

    private void lose() {
        sim.begin();
        List<String> nodes = new ArrayList<>(sim.runners.keySet());
        if (nodes.size() < 4) {
            return;
        }
        nodes.subList(0, 1 + sim.random.nextInt(nodes.size() / 3)).stream()
                .filter(node -> !labelled || sim.peer(node).labels().isEmpty())
                .forEach(sim::kill);
        sim.run(GroupSim.TTL + SOON);
        sim.eachJobRuns();
        sim.run(5);
        sim.isSettled();
        movedNoMoreThan(labelled ? sim.jobs.length : 0);
    }

    private void drain() {
        List<String> nodes = new ArrayList<>(sim.runners.keySet());
        if (nodes.size() < 4) {
            return;
        }
        List<String> some = nodes.stream()
                .filter(node -> !labelled || sim.peer(node).labels().isEmpty())
                .limit(1 + sim.random.nextInt(nodes.size() / 3))
                .toList();
        sim.drain(some, true);
        sim.run(5);
        sim.isSettled();
        sim.begin();
        sim.drain(some, false);
        int excess = sim.excess();
        settle();
        movedNoMoreThan(excess);
    }

    private void settle() {
        sim.run(20);
        sim.isSettled();
    }

    private void movedNoMoreThan(int needed) {
        // Who takes a job with an old view of the others may have to give it away again.
        if (sim.count.moves > 3 + needed + needed / 5) {
            throw new Violation(sim.count.moves + " jobs were moved (expected: " + needed + " or fewer)");
        }
    }
}
