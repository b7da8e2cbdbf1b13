package distkv.runner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.schedule.Schedule.Decision;
import distkv.schema.BadEntry;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.Cron;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Placement;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final Path NAME = Path.of("demo", "hello");
    private static final CodeEntry FOUND =
            new CodeEntry.Found(new Procedure(NAME, "return 42", Mode.ASYNC, List.of(), Map.of()));
    private static final double NOW = 1_000;

    private double target = 900;
    private double repeat;
    private double started;
    private double stopped;
    private int backoff;
    private Reason reason = Reason.NONE;
    private CodeEntry code = FOUND;
    private boolean mended;

    private Decision decide() {
        JobEntry job = new JobEntry(NAME, Map.of(), target, repeat, 100, 2, 0);
        StateEntry state = new StateEntry(started, stopped, 0, 0, reason, null, null, backoff, false, List.of());
        return Schedule.decide(job, state, code, mended, NOW);
    }

    /** What is decided once times that cannot be true are not believed. */
    private Decision decideBelieved(@Nullable Cron cron) {
        JobEntry job = new JobEntry(
                NAME, Map.of(), target, repeat, cron, 100, 2, 0, Limits.NONE, Placement.ANYWHERE, Map.of(), null);
        StateEntry state = new StateEntry(started, stopped, 0, 0, reason, null, null, backoff, false, List.of());
        return Schedule.decide(job, Schedule.believed(job, state, NOW), code, mended, NOW);
    }

    @Test
    void aJobThatAClockADayAheadHasRunIsRepeatedOnePeriodFromNow() {
        started = NOW + 86_400;
        stopped = NOW + 86_401;
        repeat = 60;
        assertThat(decideBelieved(null)).isEqualTo(new Decision.WaitUntil(NOW + 60, Reason.ofText("repeat")));
    }

    @Test
    void timesThatAreInTheFutureByLessThanTheJobsPeriodAreBelieved() {
        started = NOW + 50;
        stopped = NOW + 55;
        repeat = 60;
        assertThat(decideBelieved(null)).isEqualTo(new Decision.WaitUntil(NOW + 115, Reason.ofText("repeat")));
    }

    @Test
    void cronGoesOnAfterAClockThatWasADayAhead() throws BadEntry {
        started = NOW + 86_400;
        stopped = NOW + 86_401;
        assertThat(decideBelieved(Cron.parse("CRON_TZ=UTC */10 * * * *")))
                .isEqualTo(new Decision.WaitUntil(1_200, Reason.ofText("cron")));
    }

    @Test
    void anErrorOfADayAheadDelaysNoLongerThanOneOfNow() {
        started = NOW + 86_400;
        stopped = NOW + 86_401;
        backoff = 1;
        assertThat(decideBelieved(null)).isEqualTo(new Decision.WaitUntil(NOW + 200, Reason.ofText("backoff")));
    }

    @Test
    void aTargetThatAClockAheadHasMetTooEarlyIsMetAgain() {
        target = NOW + 500;
        started = NOW + 86_400;
        stopped = NOW + 86_401;
        assertThat(decideBelieved(null))
                .isEqualTo(new Decision.WaitUntil(NOW + 500, Reason.ofText("target > started")));
    }

    @Test
    void anInterruptedJobStartsAtOnceWhateverTheClockThatInterruptedIt() {
        started = NOW + 2;
        stopped = NOW + 4;
        reason = Stop.CUT_OFF.reason();
        assertThat(decideBelieved(null)).isEqualTo(new Decision.Start(0, Reason.ofText("cut off")));
    }

    @Test
    void aJobWithoutCodeDoesNotStart() {
        JobEntry job = new JobEntry(null, Map.of(), 900, 0, 100, 2, 0);
        assertThat(Schedule.decide(job, StateEntry.NEW, code, false, NOW))
                .isEqualTo(new Decision.Nothing(Reason.ofText("no code")));
    }

    @Test
    void aJobWithoutTargetDoesNotStart() {
        target = 0;
        repeat = 5;
        assertThat(decide()).isEqualTo(new Decision.Nothing(Reason.ofText("no target")));
    }

    @Test
    void aJobWhoseTargetHasPassedStartsAtOnce() {
        assertThat(decide()).isEqualTo(new Decision.Start(900, Reason.ofText("target > started")));
    }

    @Test
    void aJobWhoseTargetIsAheadWaitsForIt() {
        target = 1_001;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(1_001, Reason.ofText("target > started")));
    }

    @Test
    void aNewTargetCountsMoreThanAnError() {
        target = 950;
        started = 940;
        stopped = 945;
        backoff = 3;
        assertThat(decide()).isEqualTo(new Decision.Start(950, Reason.ofText("target > started")));
    }

    @Test
    void afterAnErrorTheJobWaitsForItsDelay() {
        started = 990;
        stopped = 991;
        backoff = 1;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(991 + 200, Reason.ofText("backoff")));
    }

    @Test
    void everyFurtherErrorMultipliesTheDelay() {
        started = 990;
        stopped = 991;
        backoff = 4;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(991 + 100 * 16, Reason.ofText("backoff")));
    }

    @Test
    void anErrorCountsMoreThanTheRepetition() {
        started = 990;
        stopped = 991;
        backoff = 1;
        repeat = 5;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(991 + 200, Reason.ofText("backoff")));
    }

    @Test
    void aJobThatWasMendedAfterAnErrorStartsAtOnce() {
        started = 990;
        stopped = 991;
        backoff = 1;
        mended = true;
        assertThat(decide()).isEqualTo(new Decision.Start(991, Reason.ofText("changed after an error")));
    }

    @Test
    void aJobWhoseNodeWasLostStartsAtOnce() {
        started = 990;
        stopped = 991;
        backoff = 1;
        reason = Reason.ofText("node lost");
        assertThat(decide()).isEqualTo(new Decision.Start(991, Reason.ofText("node lost")));
    }

    @Test
    void aJobThatLosesNodeAfterNodeWaitsForItsDelayCountedFromItsStart() {
        target = 50;
        started = 500;
        stopped = 991;
        backoff = 3;
        reason = Reason.ofText("node lost");
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(500 + 100 * 8, Reason.ofText("node lost")));
        started = 100;
        assertThat(decide()).isEqualTo(new Decision.Start(991, Reason.ofText("node lost")));
    }

    @Test
    void afterASuccessARepeatedJobWaitsForItsTime() {
        started = 990;
        stopped = 991;
        repeat = 30;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(1_021, Reason.ofText("repeat")));
    }

    @Test
    void afterASuccessAJobWithCronStartsAtItsNextTimeAndMakesUpForOneThatWasMissed() throws BadEntry {
        JobEntry job = JobEntry.read(
                Values.encode(Map.of("code", NAME, "target", 1L, "cron", "CRON_TZ=UTC 10 * * * *", "delay", 5L)));
        StateEntry done = new StateEntry(10, 20, 0, 0, Reason.NONE, null, null, 0, false, List.of());
        assertThat(Schedule.decide(job, done, code, false, 599))
                .isEqualTo(new Decision.WaitUntil(600, Reason.ofText("cron")));
        assertThat(Schedule.decide(job, done, code, false, 9_000))
                .isEqualTo(new Decision.Start(600, Reason.ofText("cron")));
        StateEntry late = new StateEntry(9_000, 9_001, 0, 0, Reason.NONE, null, null, 0, false, List.of());
        assertThat(Schedule.decide(job, late, code, false, 9_002))
                .isEqualTo(new Decision.WaitUntil(11_400, Reason.ofText("cron")));
    }

    @Test
    void aRepeatedJobStartsWhenItsTimeHasCome() {
        started = 950;
        stopped = 951;
        repeat = 30;
        assertThat(decide()).isEqualTo(new Decision.Start(981, Reason.ofText("repeat")));
    }

    @Test
    void afterASuccessAJobThatIsNotRepeatedDoesNotStart() {
        started = 950;
        stopped = 951;
        assertThat(decide()).isEqualTo(new Decision.Nothing(Reason.ofText("no target")));
    }

    @Test
    void anInterruptedJobStartsAgainAtOnce() {
        started = 950;
        stopped = 951;
        reason = Stop.RUNNER_STOPPED.reason();
        assertThat(decide()).isEqualTo(new Decision.Start(951, Reason.ofText("runner stopped")));
    }

    @Test
    void aJobWhoseTargetWasClearedIsNotInterrupted() {
        started = 950;
        stopped = 951;
        reason = Stop.NO_TARGET.reason();
        assertThat(decide()).isEqualTo(new Decision.Nothing(Reason.ofText("no target")));
    }

    @Test
    void aJobThatPointsToNoCodeIsRefusedByName() {
        code = new CodeEntry.Missing(NAME);
        assertThat(decide())
                .isEqualTo(new Decision.Refuse(
                        Reason.ofText("no procedure demo.hello"), "There is no procedure demo.hello"));
    }

    @Test
    void aJobWhoseCodeWasDeletedWhileItRanStartsAgainWhenTheCodeIsBack() {
        started = 950;
        stopped = 951;
        reason = Reason.ofText("code changed");
        code = new CodeEntry.Missing(NAME);
        reason = ((Decision.Refuse) decide()).reason();
        assertThat(decide()).isInstanceOf(Decision.Refuse.class);
        code = FOUND;
        assertThat(decide()).isEqualTo(new Decision.Start(951, reason));
    }

    @Test
    void missingCodeIsNoErrorBeforeTheJobIsDue() {
        code = new CodeEntry.Missing(NAME);
        target = 1_001;
        assertThat(decide()).isEqualTo(new Decision.WaitUntil(1_001, Reason.ofText("target > started")));
    }

    @Test
    void aProcedureThatCannotBeReadIsRefusedWithTheReason() {
        code = new CodeEntry.Broken(NAME, "code: null (expected: text)");
        assertThat(decide())
                .isEqualTo(new Decision.Refuse(
                        Reason.ofText("bad procedure demo.hello"),
                        "Procedure demo.hello: code: null (expected: text)"));
    }

    @Test
    void theWaitAfterManyErrorsIsStillANumber() {
        started = 990;
        stopped = 991;
        backoff = 20;
        JobEntry job = new JobEntry(NAME, Map.of(), 900, 0, 1e300, 1e300, 0);
        StateEntry state = new StateEntry(started, stopped, 0, 0, Reason.NONE, null, null, backoff, false, List.of());
        assertThat(Schedule.decide(job, state, FOUND, false, NOW))
                .isEqualTo(new Decision.WaitUntil(991 + 1e9, Reason.ofText("backoff")));
    }

    /** Whatever the entry and the state: a job that starts does not start again for the same reason, unless it failed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aJobThatHasStartedIsNotDueAgainForTheSameTarget(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            target = random.nextInt(2_000);
            repeat = random.nextBoolean() ? 0 : random.nextInt(100);
            started = random.nextInt(1_000);
            stopped = started + random.nextInt(10);
            backoff = random.nextInt(3);
            reason = random.nextBoolean() ? Reason.NONE : Stop.CODE_CHANGED.reason();
            if (decide() instanceof Decision.Start start) {
                assertThat(start.due()).as("seed %d, round %d", seed, i).isLessThanOrEqualTo(NOW);
                StateEntry done = new StateEntry(started, stopped, 0, 0, reason, null, null, backoff, false, List.of())
                        .running("node", NOW, backoff)
                        .done(NOW, Values.NIL);
                JobEntry job = new JobEntry(NAME, Map.of(), target, repeat, 100, 2, 0);
                Decision next = Schedule.decide(job, done, code, false, NOW);
                assertThat(next)
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(
                                repeat > 0
                                        ? new Decision.WaitUntil(NOW + repeat, Reason.ofText("repeat"))
                                        : new Decision.Nothing(Reason.ofText("no target")));
            }
        }
    }
}
