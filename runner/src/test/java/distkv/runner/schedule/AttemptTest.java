package distkv.runner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Placement;
import distkv.schema.job.Stop;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttemptTest {
    private static final Path NAME = Path.of("demo", "hello");
    private static final Procedure PROCEDURE =
            new Procedure(NAME, "return who", Mode.ASYNC, List.of("who"), Map.of("who", "world", "greeting", "hello"));
    private static final JobEntry JOB = new JobEntry(NAME, Map.of("who", "me"), 900, 0, 100, 1.1, 0);
    private static final Attempt ATTEMPT = new Attempt(JOB, PROCEDURE);
    private static final CodeEntry FOUND = new CodeEntry.Found(PROCEDURE);

    @Test
    void theDataOfTheJobOverrideTheDefaultsOfTheProcedure() {
        assertThat(ATTEMPT.globals()).isEqualTo(Map.of("who", "me", "greeting", "hello"));
    }

    @Test
    void nothingDisturbsARunThatIsWhatItWas() {
        assertThat(ATTEMPT.disturbedBy(JOB, FOUND)).isNull();
    }

    @Test
    void changesOfRepeatDelayAndBackoffDoNotDisturbARun() {
        assertThat(ATTEMPT.disturbedBy(new JobEntry(NAME, Map.of("who", "me"), 900, 5, 7, 2, 3), FOUND))
                .isNull();
    }

    @Test
    void aDeletedEntryEndsTheRun() {
        assertThat(ATTEMPT.disturbedBy(null, FOUND)).isEqualTo(Stop.ENTRY_DELETED);
    }

    @Test
    void aClearedTargetEndsTheRun() {
        assertThat(ATTEMPT.disturbedBy(new JobEntry(NAME, Map.of("who", "me"), 0, 0, 100, 1.1, 0), FOUND))
                .isEqualTo(Stop.NO_TARGET);
    }

    @Test
    void aNewTargetRestartsTheRun() {
        assertThat(ATTEMPT.disturbedBy(new JobEntry(NAME, Map.of("who", "me"), 950, 0, 100, 1.1, 0), FOUND))
                .isEqualTo(Stop.TARGET_CHANGED);
    }

    @Test
    void aJobThatActsAsSomebodyElseRestartsTheRun() {
        Map<String, Object> data = Map.of("who", "me");
        JobEntry changed =
                new JobEntry(NAME, data, 900, 0, null, 100, 1.1, 0, Limits.NONE, Placement.ANYWHERE, Map.of(), "anna");
        assertThat(ATTEMPT.disturbedBy(changed, FOUND)).isEqualTo(Stop.SETTINGS_CHANGED);
        assertThat(ATTEMPT.mendedBy(changed, FOUND)).isTrue();
    }

    @Test
    void changedDataRestartTheRun() {
        JobEntry changed = new JobEntry(NAME, Map.of("who", "you"), 900, 0, 100, 1.1, 0);
        assertThat(ATTEMPT.disturbedBy(changed, FOUND)).isEqualTo(Stop.DATA_CHANGED);
        assertThat(ATTEMPT.mendedBy(changed, FOUND)).isTrue();
    }

    @Test
    void aJobThatPointsToOtherCodeRestartsTheRun() {
        JobEntry changed = new JobEntry(Path.of("other"), Map.of("who", "me"), 900, 0, 100, 1.1, 0);
        assertThat(ATTEMPT.disturbedBy(changed, FOUND)).isEqualTo(Stop.CODE_CHANGED);
    }

    @Test
    void changedSourceRestartsTheRun() {
        Procedure changed = new Procedure(NAME, "return 1", Mode.ASYNC, PROCEDURE.vars(), PROCEDURE.defaults());
        assertThat(ATTEMPT.disturbedBy(JOB, new CodeEntry.Found(changed))).isEqualTo(Stop.CODE_CHANGED);
        assertThat(ATTEMPT.mendedBy(JOB, new CodeEntry.Found(changed))).isTrue();
    }

    @Test
    void deletedCodeEndsTheRun() {
        assertThat(ATTEMPT.disturbedBy(JOB, new CodeEntry.Missing(NAME))).isEqualTo(Stop.CODE_CHANGED);
    }

    @Test
    void codeThatIsStoredAgainAsItWasDoesNotDisturbARun() {
        Procedure again = new Procedure(
                NAME, "return who", Mode.ASYNC, List.of("who"), Map.of("greeting", "hello", "who", "world"));
        assertThat(ATTEMPT.disturbedBy(JOB, new CodeEntry.Found(again))).isNull();
        assertThat(ATTEMPT.mendedBy(JOB, new CodeEntry.Found(again))).isFalse();
    }
}
