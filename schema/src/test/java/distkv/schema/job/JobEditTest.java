package distkv.schema.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import distkv.schema.BadEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobEditTest {
    private static final Path NAME = Path.of("a");

    @Test
    void aPausedJobGetsItsTargetBack() {
        JobEdit job = JobEdit.of(Map.of("code", "x", "target", 5L));
        job.pause();
        assertThat(job.isPaused()).isTrue();
        assertThat(job.hasTarget()).isFalse();
        job.pause();
        job.resume();
        assertThat(job.isPaused()).isFalse();
        assertThat(job.entry()).isEqualTo(Map.of("code", "x", "target", 5L));
    }

    @Test
    void aJobThatIsGivenATimeIsNotPausedAnyMore() {
        JobEdit job = JobEdit.of(Map.of("target", 5L));
        job.pause();
        job.startAt(7);
        assertThat(job.entry()).isEqualTo(Map.of("target", 7.0));
    }

    @Test
    void repeatAndCronReplaceEachOther() throws BadEntry {
        JobEdit job = JobEdit.of(Map.of("target", 5L, "cron", "0 6 * * *", "unknown", 1L));
        job.repeat(60);
        assertThat(job.entry()).isEqualTo(Map.of("target", 5L, "repeat", 60L, "unknown", 1L));
        job.cron("@hourly", 10);
        assertThat(job.entry()).isEqualTo(Map.of("target", 5L, "cron", "@hourly", "unknown", 1L));
    }

    @Test
    void aLimitIsChangedAndTheOthersStay() throws BadEntry {
        JobEdit job = JobEdit.of(Map.of("limits", Map.of("memory", "64M", "time", 2L)));
        job.limits(Limits.parse(List.of("memory=-", "cpu=3")));
        assertThat(job.entry()).isEqualTo(Map.of("limits", Map.of("time", 2L, "cpu", 3L)));
    }

    @Test
    void whatARunnerWouldRefuseIsRefused() {
        JobEdit job = JobEdit.of(Map.of("code", Path.of("x"), "split", "sometimes"));
        assertThatThrownBy(() -> job.entry(NAME)).isInstanceOf(BadEntry.class).hasMessageStartingWith("split: ");
    }
}
