package distkv.runner.balance;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.runner.group.Peer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Groups of up to a thousand runners: each job runs soon and in one place, and how much has to be thought for that. */
class LargeGroupSimulationTest {
    /**
     * What was done in one part of a history.
     *
     * @param excess how many jobs were more than clearly too many on their nodes, so that they had to move
     */
    private record Part(GroupSim.Count count, FairShare.Work work, int excess) {}

    private static Part part(GroupSim sim, String what, int excess) {
        Part part = new Part(sim.count, sim.work(), excess);
        System.out.printf(
                Locale.ROOT,
                "%4d runners, %-12s %5d claims, %4d conflicts, the last after %.2f s, %4d moved; %8d changes, %8d looks,"
                        + " %9d scores, %9d shares%n",
                sim.runners.size(),
                what,
                part.count().claims,
                part.count().conflicts,
                part.count().lastClaim,
                part.count().moves,
                part.count().changes,
                part.count().looks,
                part.work().scores(),
                part.work().shares());
        sim.isSettled();
        return part;
    }

    private static void start(GroupSim sim, int count, String name, double over) {
        for (int i = 0; i < count; i++) {
            Set<String> labels = sim.random.nextInt(10) < 4 ? GroupSim.GPIO : GroupSim.ANY;
            Peer peer = new Peer(name + i, 1, 0, labels, false);
            sim.after(sim.between(0, over), () -> sim.start(peer, sim.between(0.3, 1)));
        }
    }

    /** A group with twenty jobs a runner: jobs are set, a twentieth of the runners is lost, as many join, some are drained. */
    private static Map<String, Part> history(int runners) {
        Map<String, Part> parts = new LinkedHashMap<>();
        int jobs = 20 * runners;
        GroupSim sim = new GroupSim(1, jobs);
        start(sim, runners, "n", 3);
        sim.run(5);
        sim.begin();
        for (int i = 0; i < jobs; i++) {
            int job = i;
            sim.after(sim.between(0, 2), () -> sim.set(job));
        }
        sim.run(8);
        parts.put("set", part(sim, "jobs set", 0));

        sim.begin();
        new ArrayList<>(sim.runners.keySet()).subList(0, runners / 20).forEach(sim::kill);
        sim.run(10);
        parts.put("lost", part(sim, "some lost", 0));

        sim.begin();
        start(sim, runners / 20, "joined", 3);
        sim.run(3);
        int excess = sim.excess();
        sim.run(12);
        parts.put("joined", part(sim, "some join", excess));

        sim.begin();
        List<String> some = new ArrayList<>(sim.runners.keySet()).subList(0, runners / 20);
        sim.drain(some, true);
        sim.run(10);
        parts.put("drained", part(sim, "some drained", 0));

        sim.begin();
        sim.drain(some, false);
        excess = sim.excess();
        sim.run(10);
        parts.put("back", part(sim, "and back", excess));
        return parts;
    }

    @Test
    void eachJobRunsSoonInOnePlaceAndNoMoreIsMovedThanMustBe() {
        assertThat(LongStream.rangeClosed(1, 300)
                        .parallel()
                        .mapToObj(GroupHistory::failure)
                        .filter(Objects::nonNull))
                .isEmpty();
    }

    @Test
    void theWorkOfAThousandRunnersForAChangeIsThatOfTwoHundredAndFifty() {
        Map<String, Part> small = history(250);
        Map<String, Part> large = history(1_000);
        large.forEach((name, part) -> {
            GroupSim.Count count = part.count();
            // Who takes a job with an old view of the others may have to give it away again.
            assertThat(count.moves).as(name).isLessThanOrEqualTo(part.excess() + part.excess() / 10);
            assertThat(count.conflicts).as(name).isLessThanOrEqualTo(count.claims / 5);
            assertThat(count.lastClaim).as(name).isLessThan(count.moves > 0 ? 10 : GroupSim.TTL + 1);
            assertThat(count.peers)
                    .as("nodes that the balance is told of, for each that has changed: %s", name)
                    .isEqualTo(count.presences);
        });
        for (String name : List.of("set", "lost", "drained")) {
            Part few = Objects.requireNonNull(small.get(name));
            Part many = Objects.requireNonNull(large.get(name));
            assertThat(many.count().looks / (double) many.count().changes)
                    .as("looks for each change that a runner is told of: %s", name)
                    .isLessThan(1.5 * few.count().looks / few.count().changes);
            assertThat(many.work().scores() / (double) many.count().looks)
                    .as("scores for each look: %s", name)
                    .isLessThan(1.5 * few.work().scores() / few.count().looks);
        }
        Part set = Objects.requireNonNull(large.get("set"));
        assertThat(set.work().shares() / (double) set.count().changes).isLessThan(10);
    }

    @Test
    void jobsThatAreThereWhenAGroupStartsAreSharedByAllThatComeSoon() {
        GroupSim sim = new GroupSim(1, 2_000);
        for (int i = 0; i < 2_000; i++) {
            sim.set(i);
        }
        sim.begin();
        start(sim, 20, "n", 3);
        sim.run(15);
        Part part = part(sim, "come", 0);
        assertThat(part.count().moves).isLessThan(200);
    }

    @Test
    void aRunnerThatIsAloneWaitsForNobody() {
        GroupSim sim = new GroupSim(1, 100);
        for (int i = 0; i < 100; i++) {
            sim.set(i);
        }
        sim.start(new Peer("n0", 1, 0, GroupSim.GPIO, false), 0.3);
        sim.begin();
        sim.run(1);
        assertThat(part(sim, "alone", 0).count().lastClaim).isLessThan(0.4);
    }
}
