package distkv.runner.balance;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.runner.group.Peer;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose turn it is, as each node sees it; and what it costs to find out. */
class FairShareTest {
    private static final Set<String> ANY = Set.of();
    private static final double STEP = 0.1;

    private static Peer peer(String node, String... labels) {
        return new Peer(node, 1, 0, Set.of(labels), false);
    }

    private static JobId job(int number) {
        return new JobId(Kind.ANY, Path.of("job", number));
    }

    /** How each of so many nodes sees the group that they are. */
    private static List<FairShare> group(int nodes) {
        List<FairShare> all = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            FairShare share = new FairShare("n" + i);
            // In whatever order they become known.
            List<Integer> others = new ArrayList<>();
            for (int j = 0; j < nodes; j++) {
                others.add(j);
            }
            Collections.shuffle(others, new java.util.Random(i));
            others.forEach(j -> share.peer("n" + j, peer("n" + j)));
            all.add(share);
        }
        return all;
    }

    private static void hold(FairShare share, int from, int count, String node) {
        for (int i = from; i < from + count; i++) {
            share.count(share.stake(job(i)), node, ANY, true);
        }
    }

    @Test
    void theNodesOfAGroupAgreeWhoComesFirstSecondAndSoOn() {
        List<FairShare> group = group(7);
        for (int i = 0; i < 50; i++) {
            JobId job = job(i);
            Set<Double> delays = new HashSet<>();
            for (FairShare share : group) {
                // Enough to do for all of them.
                hold(share, 1_000, 70, "elsewhere");
                delays.add(Math.rint(share.delay(share.stake(job), ANY, "", STEP) / STEP));
            }
            assertThat(delays).containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        }
    }

    @Test
    void whoHasItsShareLetsTheOthersGoFirst() {
        FairShare share = new FairShare("n0");
        share.peer("n0", peer("n0"));
        share.peer("n1", peer("n1"));
        hold(share, 0, 2, "n0");
        hold(share, 2, 1, "n1");
        Stake stake = share.stake(job(9));
        share.count(stake, null, ANY, true);
        assertThat(share.delay(stake, ANY, "", STEP)).isGreaterThanOrEqualTo(1);
        hold(share, 3, 1, "n1");
        assertThat(share.delay(stake, ANY, "", STEP)).isLessThan(1);
    }

    @Test
    void whoGivesAJobAwayIsNotWaitedFor() {
        List<FairShare> group = group(2);
        for (int i = 0; i < 20; i++) {
            FairShare share = group.get(0);
            assertThat(share.delay(share.stake(job(i)), ANY, "n1", STEP)).isZero();
        }
    }

    @Test
    void aNodeThatMayNotRunAJobNeverTakesItAndNobodyWaitsForIt() {
        FairShare with = new FairShare("n0");
        FairShare without = new FairShare("n1");
        for (FairShare share : List.of(with, without)) {
            share.peer("n0", peer("n0", "gpio"));
            share.peer("n1", peer("n1"));
        }
        Set<String> gpio = Set.of("gpio");
        for (int i = 0; i < 20; i++) {
            assertThat(with.delay(with.stake(job(i)), gpio, "", STEP)).isZero();
            assertThat(without.delay(without.stake(job(i)), gpio, "", STEP)).isInfinite();
        }
    }

    @Test
    void aNodeThatDoesNotAcceptAJobIsNoCandidateForItAlone() {
        JobId job = job(1);
        FairShare share = new FairShare("n0");
        share.peer("n0", peer("n0"));
        share.peer("n1", new Peer("n1", 1, 0, ANY, false, Set.of(job.path())));
        assertThat(share.reconsidered()).containsExactly(job.path());
        Set<String> asks = share.refused(job.path());
        assertThat(share.mayRunElsewhere(asks)).isFalse();
        assertThat(share.mayRunElsewhere(share.refused(job(2).path()))).isTrue();
        hold(share, 10, 4, "n0");
        share.count(share.stake(job), "n0", asks, true);
        assertThat(share.isWantedElsewhere(asks)).isFalse();
        assertThat(share.isWantedElsewhere(ANY)).isTrue();
        assertThat(share.delay(share.stake(job), asks, "", STEP)).isZero();
        assertThat(share.refusal(asks)).isNull();

        share.refuse(job.path(), true);
        assertThat(share.delay(share.stake(job), share.refused(job.path()), "", STEP))
                .isInfinite();
        assertThat(share.refusal(share.refused(job.path())))
                .isEqualTo(new Reason(Reason.Code.NO_NODE_ACCEPTS, "no node accepts it"));

        share.peer("n1", peer("n1"));
        assertThat(share.reconsidered()).containsExactly(job.path());
        assertThat(share.refusal(share.refused(job.path()))).isNull();
        assertThat(share.mayRunElsewhere(share.refused(job.path()))).isTrue();
        share.refuse(job.path(), false);
        assertThat(share.refused(job.path())).isEmpty();
    }

    @Test
    void whatIsHeldByANodeThatIsGoneIsItsUntilItIsFree() {
        FairShare share = new FairShare("n0");
        share.peer("n0", peer("n0"));
        share.peer("n1", peer("n1"));
        Stake stake = share.stake(job(1));
        share.count(stake, "n1", ANY, true);
        share.peer("n1", null);
        assertThat(stake.isHeldBy("n1")).isTrue();
        share.peer("n2", peer("n2"));
        share.count(stake, "n2", ANY, true);
        assertThat(stake.isHeldBy("n2")).isTrue();
        share.peer("n1", peer("n1"));
        hold(share, 10, 4, "n0");
        // n1 has none, so that it is still wanted there.
        assertThat(share.excess()).isEqualTo(2);
        assertThat(share.isWantedElsewhere(ANY)).isTrue();
    }

    @Test
    void aJobOfOneNodeIsNotShared() {
        FairShare share = new FairShare("n0");
        share.peer("n1", peer("n1"));
        Stake stake = share.stake(new JobId(Kind.AT, Path.of("job")));
        assertThat(share.delay(stake, ANY, "", STEP)).isZero();
        assertThat(share.noteDelay(stake)).isZero();
        share.count(stake, "n0", ANY, true);
        assertThat(stake.isHeldBy("n0")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 300, 3_000})
    void aLookCostsLittleMoreHoweverManyNodesThereAre(int nodes) {
        FairShare share = new FairShare("n0");
        for (int i = 0; i < nodes; i++) {
            share.peer("n" + i, peer("n" + i));
        }
        int looks = 10_000;
        for (int i = 0; i < looks; i++) {
            Stake stake = share.stake(job(i));
            share.count(stake, null, ANY, true);
            share.delay(stake, ANY, "", STEP);
            share.count(stake, "n" + i % nodes, ANY, true);
        }
        // Of n nodes 20 are to be found: 20 × (1 + ln(n / 20)) have to be asked on average.
        double expected = 1 + 20 * (1 + Math.log(Math.max(1, nodes / 20.0)));
        assertThat(share.work().scores() / (double) looks).isLessThan(1.2 * expected);
        assertThat(share.work().shares() / (double) looks).isLessThan(70);
    }
}
