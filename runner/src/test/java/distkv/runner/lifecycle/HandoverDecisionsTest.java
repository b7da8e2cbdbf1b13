package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.group.Peer;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.Ended;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a runner decides of a handover, event by event, on either side of it. */
class HandoverDecisionsTest {
    private static final Path JOB = Path.of("job");
    private static final Path ENTRIES = Path.of("run");
    private static final Path STATES = Path.of("state");
    private static final Path CLAIMS = Path.of("claim");

    private final EffectRecorder done = new EffectRecorder();
    private final Catalog catalog = new Catalog();
    private double now = 1_000;
    private long tick = Revision.tick(1, 0);
    private long session = 7;
    private Lifecycle lifecycle;

    @BeforeEach
    void start() {
        Site.Roots roots = new Site.Roots(ENTRIES, STATES, CLAIMS);
        Site site = new Site("two", Set.of(), Path.of("code"), Path.of("module"), Map.of(Kind.ANY, roots));
        lifecycle = new Lifecycle(site, done, catalog, new ErrorIndex(Path.of("error")), () -> now);
        catalog.apply(
                CodeId.procedure(Path.of("demo")), entry(Path.of("demo"), Map.of("code", "pass", "is_async", true)));
        peers(Set.of());
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

    private void news(JobEvent.Part part, Path below, @Nullable Object value) {
        on(new JobEvent.Changed(Kind.ANY, part, below, entry(below, value)));
    }

    private void news(JobEvent.Part part, Path below, @Nullable Value value, long at) {
        on(new JobEvent.Changed(Kind.ANY, part, below, new Entry(below, value, at, 0)));
    }

    private void peers(Set<String> drained) {
        for (String node : List.of("one", "two")) {
            on(new JobEvent.PeerChanged(node, new Peer(node, 1, 0, Set.of(), drained.contains(node))));
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

    private List<Long> ticks(CommitRequest request) {
        List<Long> ticks = new ArrayList<>();
        for (int i = 0; i < request.writes().size(); i++) {
            ticks.add(tick + Revision.tick(1, 0) + i);
        }
        tick += Revision.tick(1, 0);
        return ticks;
    }

    private List<Long> answerDone(CommitRequest request) {
        List<Long> ticks = ticks(request);
        on(new JobEvent.Committed(request, new Result.Done(ticks)));
        return ticks;
    }

    private static Map<String, @Nullable Object> state(@Nullable String node, boolean offered) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("started", 990.0);
        state.put("node", node);
        state.put("offered", offered);
        return state;
    }

    private void job() {
        news(
                JobEvent.Part.ENTRY,
                JOB,
                Map.of("code", Path.of("demo"), "target", 980.0, "handover", true, "delay", 1.0));
    }

    /** Node one has the job, and offers it; this node, two, stands by. */
    private void standBy() {
        job();
        news(JobEvent.Part.CLAIM, JOB, Map.of("node", "one"));
        news(JobEvent.Part.STATE, JOB, state("one", true));
        after(0.5);
        answerDone(done.last(CommitRequest.Purpose.STANDBY));
        assertThat(done.launches).hasSize(1);
        assertThat(done.launches.getFirst().claim().standby()).isTrue();
        on(new JobEvent.RunChanged(new RunEvent.Started(1)));
    }

    /** This node runs the job, and one could, too. */
    private void run() {
        job();
        after(2);
        answerDone(done.last(CommitRequest.Purpose.CLAIM));
        on(new JobEvent.RunChanged(new RunEvent.Started(1)));
        done.commits.clear();
    }

    private boolean isOffered(CommitRequest request) {
        return StateEntry.read(
                        Objects.requireNonNull(request.writes().getFirst().value()))
                .offered();
    }

    @Test
    void theNewsOfASwapMayComeBeforeItsAnswer() {
        standBy();
        on(new JobEvent.RunChanged(new RunEvent.SetupDone(1, null, Map.of())));
        CommitRequest swap = done.last(CommitRequest.Purpose.SWAP);
        List<Long> ticks = ticks(swap);
        news(JobEvent.Part.CLAIM, JOB, swap.writes().get(0).value(), ticks.get(0));
        news(JobEvent.Part.STATE, JOB, swap.writes().get(1).value(), ticks.get(1));
        news(JobEvent.Part.CLAIM, JOB.child(Guard.STANDBY), null, ticks.get(2));
        after(1);
        on(new JobEvent.Committed(swap, new Result.Done(ticks)));
        after(1);
        assertThat(done.stops).isEmpty();
        assertThat(done.claims).containsExactly(new Guard(CLAIMS.append(JOB), ticks.getFirst()));
        assertThat(done.said).contains("taken over from one");
    }

    @Test
    void aRunThatEndsWhileItTakesOverIsRecordedAsWhatTheAnswerMakesIt() {
        standBy();
        on(new JobEvent.RunChanged(new RunEvent.SetupDone(1, null, Map.of())));
        CommitRequest swap = done.last(CommitRequest.Purpose.SWAP);
        on(new JobEvent.RunChanged(new RunEvent.Over(1, new Ended.Done(Values.encode(42L)))));
        assertThat(done.commits).last().isEqualTo(swap);
        long claim = answerDone(swap).getFirst();
        CommitRequest record = done.last(CommitRequest.Purpose.RECORD);
        assertThat(record.writes()).extracting(Write::path).containsExactly(STATES.append(JOB), CLAIMS.append(JOB));
        assertThat(record.tock()).isEqualTo(claim);
    }

    @Test
    void aSwapThatComesTooLateIsTriedAgainWhenTheOtherRunIsGone() {
        standBy();
        on(new JobEvent.RunChanged(new RunEvent.SetupDone(1, null, Map.of())));
        CommitRequest swap = done.last(CommitRequest.Purpose.SWAP);
        news(JobEvent.Part.CLAIM, JOB, null);
        on(new JobEvent.Committed(swap, new Result.Conflict()));
        CommitRequest again = done.last(CommitRequest.Purpose.SWAP);
        assertThat(again).isNotSameAs(swap);
        assertThat(again.news().toString()).contains("Runner killed");
        answerDone(again);
        assertThat(done.claims).hasSize(1);
    }

    @Test
    void aRunOnStandbyThatIsNotNeededEndsEvenIfNothingMayBeBegun() {
        standBy();
        on(new JobEvent.OpenChanged(false));
        news(JobEvent.Part.STATE, JOB, state("one", false));
        assertThat(done.stops).containsExactly(Stop.NOT_NEEDED);
    }

    @Test
    void aRunOnStandbyEndsWhenTheJobIsOver() {
        standBy();
        news(JobEvent.Part.STATE, JOB, state(null, false));
        assertThat(done.stops).isEmpty();
        news(JobEvent.Part.CLAIM, JOB, null);
        assertThat(done.stops).containsExactly(Stop.NOT_NEEDED);
    }

    @Test
    void whatLastsForOkAfterOnStandbyTakesOver() {
        news(
                JobEvent.Part.ENTRY,
                JOB,
                Map.of("code", Path.of("demo"), "target", 980.0, "handover", true, "ok_after", 2.0));
        news(JobEvent.Part.CLAIM, JOB, Map.of("node", "one"));
        news(JobEvent.Part.STATE, JOB, state("one", true));
        after(0.5);
        answerDone(done.last(CommitRequest.Purpose.STANDBY));
        on(new JobEvent.RunChanged(new RunEvent.Started(1)));
        after(1.9);
        done.last(CommitRequest.Purpose.STANDBY);
        after(0.2);
        done.last(CommitRequest.Purpose.SWAP);
    }

    @Test
    void anOfferEndsWithItsReason() {
        run();
        peers(Set.of("two"));
        assertThat(isOffered(done.last(CommitRequest.Purpose.TELL))).isTrue();
        peers(Set.of());
        after(0.1);
        assertThat(isOffered(done.last(CommitRequest.Purpose.TELL))).isFalse();
        after(60);
        assertThat(done.stops).isEmpty();
    }

    @Test
    void whatNobodyTakesIsEndedIfItMustLeave() {
        run();
        peers(Set.of("two"));
        after(4.9);
        assertThat(done.stops).isEmpty();
        after(0.2);
        assertThat(done.stops).containsExactly(Stop.MOVED);
    }

    @Test
    void whoStandsByHasHalfAMinute() {
        run();
        peers(Set.of("two"));
        news(JobEvent.Part.CLAIM, JOB.child(Guard.STANDBY), Map.of("node", "one"));
        after(29.9);
        assertThat(done.stops).isEmpty();
        after(0.2);
        assertThat(done.stops).containsExactly(Stop.MOVED);
    }

    @Test
    void aHandoverThatWinsAgainstTheEndOfTheOfferIsOne() {
        run();
        peers(Set.of("two"));
        peers(Set.of());
        after(0.1);
        news(JobEvent.Part.CLAIM, JOB, Map.of("node", "one"));
        assertThat(done.stops).containsExactly(Stop.HANDED_OVER);
    }

    @Test
    void aRunThatTakesOverAfterItsLeaseIsOverIsNotToldOfTheClaim() {
        standBy();
        on(new JobEvent.RunChanged(new RunEvent.SetupDone(1, null, Map.of())));
        CommitRequest swap = done.last(CommitRequest.Purpose.SWAP);
        // The machine sleeps.
        now += 60;
        answerDone(swap);
        assertThat(done.claims).isEmpty();
        assertThat(done.stops).containsExactly(Stop.CUT_OFF);
        on(new JobEvent.TimerFired());
        on(new JobEvent.TimerFired());
        assertThat(done.said).filteredOn(text -> text.startsWith("did not end")).hasSize(1);
    }
}
