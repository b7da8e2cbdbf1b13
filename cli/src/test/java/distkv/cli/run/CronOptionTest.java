package distkv.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code run set --cron}. */
@Timeout(60)
class CronOptionTest extends ShellTest {
    private Shell.Result set(String... options) {
        List<String> words = new ArrayList<>(List.of("client", "run", "set", "-c", "a.b"));
        words.addAll(List.of(options));
        words.add("wake");
        return shell.run(words.toArray(String[]::new));
    }

    private String job() {
        return shell.run("client", "run", "get", "wake").out();
    }

    @Test
    void timesAsInCrontabSetTheFirstStartAndTakeThePlaceOfRepeat() {
        assertThat(set("-r", "60").exit()).isZero();
        assertThat(set("--cron", "CRON_TZ=UTC 30 6 29 2 *").exit()).isZero();
        assertThat(job()).contains("cron: CRON_TZ=UTC 30 6 29 2 *").doesNotContain("repeat");
        // The 29th of February, at half past six.
        assertThat(job()).containsPattern("target: .*02-29T06:30|target: 1835418600|target: .*1835418600");
        assertThat(set("-r", "60").exit()).isZero();
        assertThat(job()).contains("repeat: 60").doesNotContain("cron");
        assertThat(set("--cron", "0 6 * * *").exit()).isZero();
        assertThat(set("--cron", "-").exit()).isZero();
        assertThat(job()).doesNotContain("cron");
    }

    @Test
    void timesThatAreNoneAreRefusedWithWhatWasExpected() {
        assertThat(set("--cron", "0 25 * * *").err())
                .contains("--cron, hour: 25 (expected: *, 0 to 23, ranges a-b, steps */n, commas)");
        assertThat(set("--cron", "0 6 * * *", "-r", "5").err())
                .contains("--cron: given together with --repeat (expected: one of them)");
        assertThat(set("--cron", "0 25 * * *").exit()).isEqualTo(2);
    }
}
