package distkv.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.group.Peer;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.JobId;
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

    private final Hand hands = new Hand();
    private final Catalog catalog = new Catalog();
    private double now = 1_000;
    private long tick = Revision.tick(1, 0);
    private long session = 7;
    private Dispatcher dispatcher;

    /** Keeps what it is asked for. */
    private static final class Hand implements Hands {
        final List<Ask> asks = new ArrayList<>();
        final List<Launch> launches = new ArrayList<>();
        final List<Guard> claims = new ArrayList<>();
        final List<Stop> stops = new ArrayList<>();
        final List<String> said = new ArrayList<>();

        @Override
        public void commit(Ask ask) {
            asks.add(ask);
        }

        @Override
        public boolean keepPlace(Language language, boolean alone, boolean outlivesClaim) {
            return true;
        }

        @Override
        public void freePlace(Language language, boolean alone, boolean outlivesClaim) {}

        @Override
        public void start(Launch launch) {
            launches.add(launch);
        }

        @Override
        public void claim(long run, Guard claim) {
            claims.add(claim);
        }

        @Override
        public void cancel(long run, Stop why) {
            stops.add(why);
        }

        @Override
        public void kill(long run) {}

        @Override
        public void say(System.Logger.Level level, JobId job, String text) {
            said.add(text);
        }

        Ask last(Ask.Purpose purpose) {
            assertThat(asks).last().extracting(Ask::purpose).isEqualTo(purpose);
            return asks.getLast();
        }
    }

    @BeforeEach
    void start() {
        Site.Roots roots = new Site.Roots(ENTRIES, STATES, CLAIMS);
        Site site = new Site("two", Set.of(), Path.of("code"), Path.of("module"), Map.of(Kind.ANY, roots));
        dispatcher = new Dispatcher(site, hands, catalog, new ErrorIndex(Path.of("error")), () -> now);
        catalog.apply(
                CodeId.procedure(Path.of("demo")), entry(Path.of("demo"), Map.of("code", "pass", "is_async", true)));
        peers(Set.of());
        lease();
        dispatcher.open(true);
    }

    private Entry entry(Path path, @Nullable Object value) {
        tick += Revision.tick(1, 0);
        return new Entry(path, value == null ? null : Values.encode(value), tick, 0);
    }

    private void news(Dispatcher.Part part, Path below, @Nullable Object value) {
        dispatcher.changed(Kind.ANY, part, below, entry(below, value));
    }

    private void news(Dispatcher.Part part, Path below, @Nullable Value value, long at) {
        dispatcher.changed(Kind.ANY, part, below, new Entry(below, value, at, 0));
    }

    private void peers(Set<String> drained) {
        dispatcher.peers(List.of(
                new Peer("one", 1, 0, Set.of(), drained.contains("one")),
                new Peer("two", 1, 0, Set.of(), drained.contains("two"))));
    }

    private void lease() {
        dispatcher.lease(new Lease(session, now + 3, 0.6));
    }

    private void after(double seconds) {
        for (double end = now + seconds; now < end; ) {
            now = Math.min(end, now + 0.05);
            lease();
            dispatcher.run();
        }
    }

    private List<Long> done(Ask ask) {
        List<Long> ticks = new ArrayList<>();
        for (int i = 0; i < ask.writes().size(); i++) {
            ticks.add(tick + Revision.tick(1, 0) + i);
        }
        tick += Revision.tick(1, 0);
        return ticks;
    }

    private List<Long> answerDone(Ask ask) {
        List<Long> ticks = done(ask);
        dispatcher.answered(ask, new Ask.Answer.Done(ticks));
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
                Dispatcher.Part.ENTRY,
                JOB,
                Map.of("code", Path.of("demo"), "target", 980.0, "handover", true, "delay", 1.0));
    }

    /** Node one has the job, and offers it; this node, two, stands by. */
    private void standBy() {
        job();
        news(Dispatcher.Part.CLAIM, JOB, Map.of("node", "one"));
        news(Dispatcher.Part.STATE, JOB, state("one", true));
        after(0.5);
        answerDone(hands.last(Ask.Purpose.STANDBY));
        assertThat(hands.launches).hasSize(1);
        assertThat(hands.launches.getFirst().claim().standby()).isTrue();
        dispatcher.started(1);
    }

    /** This node runs the job, and one could, too. */
    private void run() {
        job();
        after(2);
        answerDone(hands.last(Ask.Purpose.CLAIM));
        dispatcher.started(1);
        hands.asks.clear();
    }

    private boolean isOffered(Ask ask) {
        return StateEntry.read(Objects.requireNonNull(ask.writes().getFirst().value()))
                .offered();
    }

    @Test
    void theNewsOfASwapMayComeBeforeItsAnswer() {
        standBy();
        dispatcher.well(1, Map.of());
        Ask swap = hands.last(Ask.Purpose.SWAP);
        List<Long> ticks = done(swap);
        news(Dispatcher.Part.CLAIM, JOB, swap.writes().get(0).value(), ticks.get(0));
        news(Dispatcher.Part.STATE, JOB, swap.writes().get(1).value(), ticks.get(1));
        news(Dispatcher.Part.CLAIM, JOB.child(Guard.STANDBY), null, ticks.get(2));
        after(1);
        dispatcher.answered(swap, new Ask.Answer.Done(ticks));
        after(1);
        assertThat(hands.stops).isEmpty();
        assertThat(hands.claims).containsExactly(new Guard(CLAIMS.append(JOB), ticks.getFirst()));
        assertThat(hands.said).contains("taken over from one");
    }

    @Test
    void aRunThatEndsWhileItTakesOverIsRecordedAsWhatTheAnswerMakesIt() {
        standBy();
        dispatcher.well(1, Map.of());
        Ask swap = hands.last(Ask.Purpose.SWAP);
        dispatcher.ended(1, new Ended.Done(Values.encode(42L)));
        assertThat(hands.asks).last().isEqualTo(swap);
        long claim = answerDone(swap).getFirst();
        Ask record = hands.last(Ask.Purpose.RECORD);
        assertThat(record.writes()).extracting(Write::path).containsExactly(STATES.append(JOB), CLAIMS.append(JOB));
        assertThat(record.tock()).isEqualTo(claim);
    }

    @Test
    void aSwapThatComesTooLateIsTriedAgainWhenTheOtherRunIsGone() {
        standBy();
        dispatcher.well(1, Map.of());
        Ask swap = hands.last(Ask.Purpose.SWAP);
        news(Dispatcher.Part.CLAIM, JOB, null);
        dispatcher.answered(swap, new Ask.Answer.Conflict());
        Ask again = hands.last(Ask.Purpose.SWAP);
        assertThat(again).isNotSameAs(swap);
        assertThat(again.reports().toString()).contains("Runner killed");
        answerDone(again);
        assertThat(hands.claims).hasSize(1);
    }

    @Test
    void aRunOnStandbyThatIsNotNeededEndsEvenIfNothingMayBeBegun() {
        standBy();
        dispatcher.open(false);
        news(Dispatcher.Part.STATE, JOB, state("one", false));
        assertThat(hands.stops).containsExactly(Stop.NOT_NEEDED);
    }

    @Test
    void aRunOnStandbyEndsWhenTheJobIsOver() {
        standBy();
        news(Dispatcher.Part.STATE, JOB, state(null, false));
        assertThat(hands.stops).isEmpty();
        news(Dispatcher.Part.CLAIM, JOB, null);
        assertThat(hands.stops).containsExactly(Stop.NOT_NEEDED);
    }

    @Test
    void whatLastsForOkAfterOnStandbyTakesOver() {
        news(
                Dispatcher.Part.ENTRY,
                JOB,
                Map.of("code", Path.of("demo"), "target", 980.0, "handover", true, "ok_after", 2.0));
        news(Dispatcher.Part.CLAIM, JOB, Map.of("node", "one"));
        news(Dispatcher.Part.STATE, JOB, state("one", true));
        after(0.5);
        answerDone(hands.last(Ask.Purpose.STANDBY));
        dispatcher.started(1);
        after(1.9);
        hands.last(Ask.Purpose.STANDBY);
        after(0.2);
        hands.last(Ask.Purpose.SWAP);
    }

    @Test
    void anOfferEndsWithItsReason() {
        run();
        peers(Set.of("two"));
        assertThat(isOffered(hands.last(Ask.Purpose.TELL))).isTrue();
        peers(Set.of());
        after(0.1);
        assertThat(isOffered(hands.last(Ask.Purpose.TELL))).isFalse();
        after(60);
        assertThat(hands.stops).isEmpty();
    }

    @Test
    void whatNobodyTakesIsEndedIfItMustLeave() {
        run();
        peers(Set.of("two"));
        after(4.9);
        assertThat(hands.stops).isEmpty();
        after(0.2);
        assertThat(hands.stops).containsExactly(Stop.MOVED);
    }

    @Test
    void whoStandsByHasHalfAMinute() {
        run();
        peers(Set.of("two"));
        news(Dispatcher.Part.CLAIM, JOB.child(Guard.STANDBY), Map.of("node", "one"));
        after(29.9);
        assertThat(hands.stops).isEmpty();
        after(0.2);
        assertThat(hands.stops).containsExactly(Stop.MOVED);
    }

    @Test
    void aHandoverThatWinsAgainstTheEndOfTheOfferIsOne() {
        run();
        peers(Set.of("two"));
        peers(Set.of());
        after(0.1);
        news(Dispatcher.Part.CLAIM, JOB, Map.of("node", "one"));
        assertThat(hands.stops).containsExactly(Stop.HANDED_OVER);
    }

    @Test
    void aRunThatTakesOverAfterItsLeaseIsOverIsNotToldOfTheClaim() {
        standBy();
        dispatcher.well(1, Map.of());
        Ask swap = hands.last(Ask.Purpose.SWAP);
        // The machine sleeps.
        now += 60;
        answerDone(swap);
        assertThat(hands.claims).isEmpty();
        assertThat(hands.stops).containsExactly(Stop.CUT_OFF);
        dispatcher.run();
        dispatcher.run();
        assertThat(hands.said)
                .filteredOn(text -> text.startsWith("did not end"))
                .hasSize(1);
    }
}
