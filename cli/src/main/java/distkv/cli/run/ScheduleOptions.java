package distkv.cli.run;

import distkv.cli.input.UsageException;
import distkv.schema.BadEntry;
import distkv.schema.job.JobEdit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say when a job starts, and starts again. */
final class ScheduleOptions {
    private static final String NEVER = "-";

    @Option(
            names = {"-t", "--time"},
            paramLabel = "SECONDS",
            description = "Start it in this many seconds; '-': not at all.")
    private @Nullable String start;

    @Option(
            names = {"-r", "--repeat"},
            paramLabel = "SECONDS",
            description = "Start it again this long after a success. Default: 0, never.")
    private @Nullable Double repeat;

    @Option(
            names = "--cron",
            paramLabel = "TIMES",
            description = "Start it at times as in crontab, for example '30 6 * * mon-fri'; '-': no longer.")
    private @Nullable String cron;

    /** Puts what was given into a job; {@code now} is unix time. */
    void applyTo(JobEdit job, double now) {
        if (repeat != null && cron != null && !cron.equals(NEVER)) {
            throw new UsageException("--cron: given together with --repeat (expected: one of them)");
        }
        if (repeat != null) {
            job.repeat(repeat);
        }
        if (cron != null && cron.equals(NEVER)) {
            job.removeCron();
        } else if (cron != null) {
            try {
                job.cron(cron, now);
            } catch (BadEntry e) {
                throw new UsageException("--" + e.getMessage(), e);
            }
        }
        if (start != null && start.equals(NEVER)) {
            job.removeTarget();
        } else if (start != null) {
            job.startAt(now + seconds(start));
        }
    }

    private static double seconds(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new UsageException("--time " + text + " (expected: seconds from now, or '-' for not at all)", e);
        }
    }
}
