package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.protocol.Values;
import distkv.runner.balance.Pace;
import distkv.runner.group.Peer;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.Launch;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one of many nodes does, and how much it has to think for that: counted, not timed. */
class LargeGroupDecisionsTest {
    private static final int PEERS = 40;

    private final EffectRecorder done = new EffectRecorder();
    private final Catalog catalog = new Catalog();
    private double now = 1_000;
    private long tick = Revision.tick(1, 0);
    private long session = 7;
    private Lifecycle lifecycle;

    @BeforeEach
    void start() {
        Map<Kind, Site.Roots> roots = Map.of(
                Kind.ANY,
                new Site.Roots(Path.of("run"), Path.of("state"), Path.of("claim")),
                Kind.AT,
                new Site.Roots(Path.of("run-at"), Path.of("state-at"), Path.of("claim-at")));
        Site site = new Site("n0", Set.of(), Path.of("code"), Path.of("module"), roots);
        lifecycle = new Lifecycle(site, done, catalog, new ErrorIndex(Path.of("error")), () -> now);
        catalog.apply(
                CodeId.procedure(Path.of("demo")), entry(Path.of("demo"), Map.of("code", "pass", "is_async", true)));
        lease();
        on(new JobEvent.OpenChanged(true));
    }

    private void on(JobEvent event) {
        done.keep(lifecycle.handle(event));
    }

    private Entry entry(Path path, @Nullable Object value) {
        tick += Revision.tick(1, 0);
        return new Entry(path, value == null ? null : Values.encode(value), tick, 0);
    }

    private void news(Kind kind, JobEvent.Part part, Path below, @Nullable Object value) {
        on(new JobEvent.Changed(kind, part, below, entry(below, value)));
    }

    private void peers(int count) {
        for (int i = 0; i < count; i++) {
            on(new JobEvent.PeerChanged("n" + i, new Peer("n" + i, 1, 0, Set.of(), false)));
        }
    }

    private void lease() {
        on(new JobEvent.LeaseChanged(new Lease(session, now + 3, 0.6)));
    }

    private void after(double seconds) {
        for (double end = now + seconds; now < end; ) {
            now = Math.min(end, now + 0.05);
            lease();
            on(new JobEvent.TimerFired());
        }
    }

    private void job(Kind kind, String name) {
        news(kind, JobEvent.Part.ENTRY, Path.of(name), Map.of("code", Path.of("demo"), "target", 980.0));
    }

    /** Jobs that somebody else runs. */
    private void othersRun(int count) {
        for (int i = 0; i < count; i++) {
            Path path = Path.of("taken" + i);
            news(Kind.ANY, JobEvent.Part.CLAIM, path, Map.of("node", "n" + (1 + i % (PEERS - 1))));
            job(Kind.ANY, "taken" + i);
        }
    }

    /** Says yes to everything that was asked for. */
    private void answer() {
        List<CommitRequest> requests = List.copyOf(done.commits);
        done.commits.clear();
        for (CommitRequest request : requests) {
            List<Long> ticks = new ArrayList<>();
            tick += Revision.tick(1, 0);
            for (int i = 0; i < request.writes().size(); i++) {
                ticks.add(tick + i);
            }
            on(new JobEvent.Committed(request, new Result.Done(ticks)));
        }
    }

    @Test
    void manyChangesOfPeersAreOneLookAtTheJobsThatNobodyHasThoughTheyAreDue() {
        peers(1);
        othersRun(1_000);
        Map<String, Object> later = Map.of("code", Path.of("demo"), "target", 9e9);
        Map<String, Object> due =
                Map.of("code", Path.of("demo"), "target", 980.0, "where", Map.of("has", List.of("gpio")));
        for (int i = 0; i < 10; i++) {
            // Waits for its time, and so for nobody.
            news(Kind.ANY, JobEvent.Part.ENTRY, Path.of("later" + i), later);
            news(Kind.ANY, JobEvent.Part.ENTRY, Path.of("free" + i), due);
        }
        answer();
        after(1);
        long before = lifecycle.considered();
        for (int count = 2; count <= PEERS; count++) {
            peers(count);
        }
        after(1);
        assertThat(lifecycle.considered() - before).isBetween(10L, 2 * 10L);
    }

    @Test
    void whoWaitsForItsTurnLooksSeldom() {
        peers(PEERS);
        // So many jobs that this node has its share at once.
        othersRun(39);
        for (int i = 0; i < 100; i++) {
            job(Kind.ANY, "due" + i);
        }
        long before = lifecycle.considered();
        after(3);
        assertThat(lifecycle.considered() - before).isLessThan(10 * 100);
    }

    @Test
    void nothingIsMovedWhileNodesComeAndNoMoreThanSomeAtOnceThen() {
        peers(1);
        for (int i = 0; i < 60; i++) {
            job(Kind.ANY, "job" + i);
        }
        answer();
        assertThat(done.launches).hasSize(60);
        for (Launch launch : done.launches) {
            on(new JobEvent.RunChanged(new RunEvent.Started(launch.run())));
            on(new JobEvent.RunChanged(new RunEvent.SetupDone(launch.run(), null, Map.of())));
        }
        for (int count = 2; count <= 10; count++) {
            peers(count);
            after(1.5);
        }
        assertThat(done.stops).isEmpty();
        after(2);
        assertThat(done.stops).hasSize(20).containsOnly(Stop.MOVED);
        after(5);
        assertThat(done.stops).hasSize(20);
    }

    @Test
    void nothingIsMovedWhileManyJobsHaveNobody() {
        peers(1);
        for (int i = 0; i < 10; i++) {
            job(Kind.ANY, "job" + i);
        }
        answer();
        for (Launch launch : done.launches) {
            on(new JobEvent.RunChanged(new RunEvent.Started(launch.run())));
            on(new JobEvent.RunChanged(new RunEvent.SetupDone(launch.run(), null, Map.of())));
        }
        done.room = place -> false;
        peers(2);
        for (int i = 0; i < 4; i++) {
            job(Kind.ANY, "due" + i);
        }
        after(5);
        assertThat(done.stops).isEmpty();
        for (int i = 0; i < 4; i++) {
            news(Kind.ANY, JobEvent.Part.CLAIM, Path.of("due" + i), Map.of("node", "n1"));
        }
        after(2);
        assertThat(done.stops).contains(Stop.MOVED);
    }

    @Test
    void aNodeThatHasLostALeaseLeavesJobsToOthersForAWhile() {
        peers(2);
        after(1);
        // How long it was after each loss until it asked for a claim.
        List<Double> pauses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            session++;
            lease();
            job(Kind.ANY, "job" + i);
            job(Kind.AT, "job" + i);
            assertThat(done.claimsAsked())
                    .as("a job of its own waits for nothing")
                    .isEqualTo(1);
            double lost = now;
            while (done.claimsAsked() < 2) {
                after(0.05);
            }
            pauses.add(Math.rint((now - lost) * 20) / 20);
            answer();
        }
        assertThat(pauses).isSorted();
        assertThat(pauses.getFirst()).isLessThan(0.5);
        assertThat(pauses.getLast()).isBetween(2.0, 2.1);
    }

    @Test
    void aNodeTakesNoMoreJobsThanItsWorkersKeepUpWith() {
        peers(1);
        for (int i = 0; i < 300; i++) {
            job(Kind.ANY, "job" + i);
        }
        answer();
        after(5);
        assertThat(done.launches).hasSize(ClaimAcquirer.CLAIMS);
        assertThat(done.claimsAsked()).isZero();
        for (Launch launch : done.launches.subList(0, 100)) {
            on(new JobEvent.RunChanged(new RunEvent.Started(launch.run())));
        }
        assertThat(done.claimsAsked()).isEqualTo(100);
    }

    @Test
    void whileAnswersAreSlowEachNodeWaitsLongerForTheOneBeforeIt() {
        Pace pace = new Pace();
        assertThat(pace.step(now)).isEqualTo(0.1);
        for (int i = 0; i < 50; i++) {
            pace.answered(now - 0.01, now);
        }
        assertThat(pace.step(now)).isEqualTo(0.1);
        for (int i = 0; i < 50; i++) {
            pace.answered(now - 0.1, now);
        }
        assertThat(pace.step(now)).isBetween(0.19, 0.21);
        for (int i = 0; i < 50; i++) {
            pace.answered(now - 9, now);
        }
        assertThat(pace.step(now)).isEqualTo(0.5);
        assertThat(pace.step(now + 10)).isEqualTo(0.1);
    }
}
