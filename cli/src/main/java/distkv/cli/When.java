package distkv.cli;

import distkv.schema.BadEntry;
import distkv.schema.job.Cron;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When a job starts, and starts again: options of 'run set'. */
final class When {
    private static final String NEVER = "-";

    @Option(
            names = {"-t", "--time"},
            paramLabel = "SECONDS",
            description = "Start it in so many seconds; '-': not at all.")
    private @Nullable String start;

    @Option(
            names = {"-r", "--repeat"},
            paramLabel = "SECONDS",
            description = "Start it again so long after a success. Default: 0, never.")
    private @Nullable Double repeat;

    @Option(
            names = "--cron",
            paramLabel = "TIMES",
            description = "Start it at times as in crontab, for example '30 6 * * mon-fri'; '-': no more.")
    private @Nullable String cron;

    /** Puts what was given into a job; {@code now} is unix time. */
    void applyTo(Map<Object, @Nullable Object> job, double now) {
        if (repeat != null && cron != null && !cron.equals(NEVER)) {
            throw new UsageException("--cron: given together with --repeat (expected: one of them)");
        }
        if (repeat != null) {
            job.put("repeat", Numbers.whole(repeat));
            job.remove(Cron.FIELD);
        }
        if (cron != null) {
            job.remove(Cron.FIELD);
            if (!cron.equals(NEVER)) {
                job.remove("repeat");
                job.put(Cron.FIELD, cron);
            }
        }
        if (start != null) {
            job.remove(Paused.FIELD);
            job.put("target", start.equals(NEVER) ? null : now + seconds(start));
        } else if (cron != null
                && !cron.equals(NEVER)
                && !(job.get("target") instanceof Number at && at.doubleValue() <= now)) {
            job.put("target", first(cron, now));
        }
    }

    private static double first(String times, double now) {
        try {
            return Cron.parse(times).next(now);
        } catch (BadEntry e) {
            throw new UsageException("--" + e.getMessage(), e);
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
