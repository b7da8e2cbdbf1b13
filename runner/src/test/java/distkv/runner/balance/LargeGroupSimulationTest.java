package distkv.runner.balance;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.runner.group.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One group of up to a thousand runners: that each job is run soon, in one place, and how much has to be thought for it. */
class LargeGroupSimulationTest {
    private int names;

    private Peer peer(GroupSim sim) {
        Set<String> labels = sim.random.nextInt(10) < 4 ? GroupSim.GPIO : GroupSim.ANY;
        return new Peer("n" + names++, 1, 0, labels, false);
    }

    private static void print(GroupSim sim, String what) {
        GroupSim.Count count = sim.count;
        FairShare.Work work = sim.work();
        System.out.printf(
                Locale.ROOT,
                "%-30s %6d claims (%d conflicts), the last after %.2f s, %d moved, %d given up;"
                        + " %d changes, %d looks, %d scores, %d shares%n",
                what,
                count.claims,
                count.conflicts,
                count.lastClaim,
                count.moves,
                count.releases,
                count.changes,
                count.looks,
                work.scores(),
                work.shares());
    }

    @Test
    void eachJobRunsSoonInOnePlaceAndNoMoreIsMovedThanMustBe() {
        assertThat(LongStream.rangeClosed(1, 300).parallel().mapToObj(GroupHistory::failure).filter(Objects::nonNull))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 250, 5000", "1, 500, 10000", "1, 1000, 20000"})
    void history(long seed, int runners, int jobs) {
        GroupSim sim = new GroupSim(seed, jobs);
        for (int i = 0; i < runners; i++) {
            sim.after(sim.between(0, 3), () -> sim.start(peer(sim), sim.between(0.3, 1)));
        }
        sim.run(5);
        sim.begin();
        for (int i = 0; i < jobs; i++) {
            int job = i;
            sim.after(sim.between(0, 2), () -> sim.set(job));
        }
        sim.run(8);
        print(sim, runners + " runners, jobs are set");
        sim.isSettled();

        sim.begin();
        List<String> names = new ArrayList<>(sim.runners.keySet());
        names.subList(0, runners / 20).forEach(sim::kill);
        sim.run(10);
        print(sim, "a twentieth is lost");
        sim.isSettled();

        sim.begin();
        for (int i = 0; i < runners / 20; i++) {
            sim.after(sim.between(0, 3), () -> sim.start(peer(sim), sim.between(0.3, 1)));
        }
        sim.run(3);
        int excess = sim.excess();
        sim.run(20);
        print(sim, "a twentieth joins, excess " + excess);
        sim.isSettled();

        sim.begin();
        List<String> drained = new ArrayList<>(sim.runners.keySet()).subList(0, runners / 20);
        drained.forEach(node -> {
            Peer peer = sim.present().get(node);
            sim.is(new Peer(node, peer.capacity(), peer.pinned(), peer.labels(), true));
        });
        sim.run(10);
        print(sim, "a twentieth is drained");
        sim.isSettled();

        sim.begin();
        drained.forEach(node -> {
            Peer peer = sim.present().get(node);
            sim.is(new Peer(node, peer.capacity(), peer.pinned(), peer.labels(), false));
        });
        excess = sim.excess();
        sim.run(15);
        print(sim, "and undrained, excess " + excess);
        sim.isSettled();
    }

    @ParameterizedTest
    @CsvSource({"1, 250, 5000, 3", "1, 1000, 20000, 3", "1, 20, 2000, 3"})
    void jobsFirst(long seed, int runners, int jobs, double over) {
        GroupSim sim = new GroupSim(seed, jobs);
        for (int i = 0; i < jobs; i++) {
            sim.set(i);
        }
        sim.begin();
        for (int i = 0; i < runners; i++) {
            sim.after(sim.between(0, over), () -> sim.start(peer(sim), sim.between(0.3, 1)));
        }
        sim.run(4);
        print(sim, runners + " come, excess " + sim.excess());
        sim.run(20);
        print(sim, runners + " runners come over " + over);
        sim.isSettled();
    }
}
