package distkv.schema.job;

import distkv.schema.BadEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Times of day, as {@code crontab(5)} writes them: minute, hour, day of month, month, day of week. If both days are
 * given, either of them is enough. {@code CRON_TZ=Europe/Berlin} before them names the time zone; without it, it is that
 * of the runner. When clocks are set forward, a time that they skip comes as much later as they were set; when they are
 * set back, a time comes once, unless the hour is {@code *}.
 */
public final class Cron {
    /** The field in a job's entry. */
    public static final String FIELD = "cron";

    private static final String EXPECTED = "five fields as in crontab: minute hour day month weekday";
    private static final String ZONE = "CRON_TZ=";
    /** The 29th of February is at most this far away. */
    private static final int MOST_DAYS = 8 * 366;

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> WEEKDAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Map<String, String> NAMED = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");

    private final String text;
    private final ZoneId zone;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    /** Sunday is 0. */
    private final BitSet weekdays;

    private final boolean eitherDay;

    private Cron(String text, ZoneId zone, List<String> fields) throws BadEntry {
        this.text = text;
        this.zone = zone;
        this.minutes = CronField.read("minute", fields.get(0), 0, 59, List.of());
        this.hours = CronField.read("hour", fields.get(1), 0, 23, List.of());
        this.days = CronField.read("day", fields.get(2), 1, 31, List.of());
        this.months = CronField.read("month", fields.get(3), 1, 12, MONTHS);
        this.weekdays = CronField.read("weekday", fields.get(4), 0, 7, WEEKDAYS);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        this.eitherDay = !fields.get(2).startsWith("*") && !fields.get(4).startsWith("*");
    }

    /** Reads the field of an entry; {@code null} if there is none. */
    public static @Nullable Cron read(@Nullable String text) throws BadEntry {
        return text == null ? null : parse(text);
    }

    /**
     * Reads such times.
     *
     * @throws BadEntry if there are none, in the text or ever
     */
    public static Cron parse(String text) throws BadEntry {
        String rest = text.strip();
        ZoneId zone = ZoneId.systemDefault();
        if (rest.startsWith(ZONE)) {
            String[] parts = rest.substring(ZONE.length()).split("\\s+", 2);
            try {
                zone = ZoneId.of(parts[0]);
            } catch (DateTimeException e) {
                throw new BadEntry(FIELD, text, "a time zone like " + ZONE + "Europe/Berlin");
            }
            rest = parts.length > 1 ? parts[1] : "";
        }
        List<String> fields = List.of(NAMED.getOrDefault(rest, rest).split("\\s+"));
        if (fields.size() != 5) {
            throw new BadEntry(FIELD, text, EXPECTED);
        }
        Cron cron = new Cron(text, zone, fields);
        if (cron.next(0) == Double.POSITIVE_INFINITY) {
            throw new BadEntry(FIELD, text, "a day that exists");
        }
        return cron;
    }

    /** The first of its times after a unix time. */
    public double next(double after) {
        Instant from = Instant.ofEpochMilli((long) Math.floor(after * 1e3));
        // What the clocks skip before midnight comes after it: of the day before, and before what that day has itself.
        LocalDate date = from.atZone(zone).toLocalDate().minusDays(1);
        for (int i = 0; i < MOST_DAYS; i++, date = date.plusDays(1)) {
            ZonedDateTime found = firstOf(date, from);
            if (found != null) {
                ZonedDateTime other = found.toLocalDate().isAfter(date) ? firstOf(date.plusDays(1), from) : null;
                return Math.min(found.toEpochSecond(), (other == null ? found : other).toEpochSecond());
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private @Nullable ZonedDateTime firstOf(LocalDate date, Instant after) {
        return matches(date) ? first(date, after) : null;
    }

    private boolean matches(LocalDate date) {
        boolean day = days.get(date.getDayOfMonth());
        boolean weekday = weekdays.get(date.getDayOfWeek().getValue() % 7);
        return months.get(date.getMonthValue()) && (eitherDay ? day || weekday : day && weekday);
    }

    private @Nullable ZonedDateTime first(LocalDate date, Instant after) {
        return hours.cardinality() == 24 ? firstOfAny(date, after) : firstOfHours(date, after);
    }

    /** By the minutes that pass, however the clock is set meanwhile. */
    private @Nullable ZonedDateTime firstOfAny(LocalDate date, Instant after) {
        ZonedDateTime end = date.plusDays(1).atStartOfDay(zone);
        for (ZonedDateTime time = date.atStartOfDay(zone); time.isBefore(end); time = time.plusMinutes(1)) {
            if (minutes.get(time.getMinute()) && time.toInstant().isAfter(after)) {
                return time;
            }
        }
        return null;
    }

    /** By what the clock shows. A time that it skips may come after one that it shows later. */
    private @Nullable ZonedDateTime firstOfHours(LocalDate date, Instant after) {
        ZonedDateTime best = null;
        for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
            for (int minute = minutes.nextSetBit(0); minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
                ZonedDateTime time = date.atTime(hour, minute).atZone(zone);
                if (time.toInstant().isAfter(after) && (best == null || time.isBefore(best))) {
                    best = time;
                }
                if (best != null && time.toLocalTime().equals(LocalTime.of(hour, minute)) && !best.isAfter(time)) {
                    return best;
                }
            }
        }
        return best;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cron cron && text.equals(cron.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
