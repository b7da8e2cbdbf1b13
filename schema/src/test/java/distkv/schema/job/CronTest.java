package distkv.schema.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.schema.BadEntry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    private static final String BERLIN = "CRON_TZ=Europe/Berlin ";

    private static double unix(String local) {
        return LocalDateTime.parse(local).atZone(ZoneId.of("Europe/Berlin")).toEpochSecond();
    }

    @ParameterizedTest
    @CsvSource({
        "* * * * *, 2026-11-24T20:15:30, 2026-11-24T20:16",
        "* * * * *, 2026-11-24T20:15, 2026-11-24T20:16",
        "30 6 * * mon-fri, 2026-11-27T06:30, 2026-11-30T06:30",
        "*/20 8-9 * * *, 2026-11-24T08:41, 2026-11-24T09:00",
        "5/20 8 * * *, 2026-11-24T08:26, 2026-11-24T08:45",
        "0 0 1 1 *, 2026-11-24T00:00, 2027-01-01T00:00",
        "@yearly, 2026-11-24T00:00, 2027-01-01T00:00",
        "0 12 29 feb *, 2026-11-24T00:00, 2028-02-29T12:00",
        "0 12 13 * 5, 2026-11-24T00:00, 2026-11-27T12:00",
        "0 12 */2 * 5, 2026-11-24T00:00, 2026-11-27T12:00",
        "0 12 * * 7, 2026-11-24T00:00, 2026-11-29T12:00",
        "0 12 * * SUN, 2026-11-24T00:00, 2026-11-29T12:00",
        "'0,30 22-23 * * *', 2026-11-24T23:00, 2026-11-24T23:30",
    })
    void theNextTimeIsTheFirstOneThatMatches(String text, String after, String expected) throws BadEntry {
        assertThat(Cron.parse(BERLIN + text).next(unix(after))).isEqualTo(unix(expected));
    }

    @Test
    void aTimeThatTheClocksSkipComesAsMuchLaterAsTheyWereSet() throws BadEntry {
        Cron cron = Cron.parse(BERLIN + "30 2 * * *");
        assertThat(cron.next(unix("2026-03-28T12:00"))).isEqualTo(unix("2026-03-29T03:30"));
    }

    @Test
    void aTimeThatTheClocksShowTwiceComesOnceAndEveryMinuteComesAlways() throws BadEntry {
        double first = OffsetDateTime.parse("2026-10-25T02:30+02:00").toEpochSecond();
        Cron daily = Cron.parse(BERLIN + "30 2 * * *");
        assertThat(daily.next(first - 1)).isEqualTo(first);
        assertThat(daily.next(first)).isEqualTo(unix("2026-10-26T02:30"));
        Cron hourly = Cron.parse(BERLIN + "30 * * * *");
        assertThat(hourly.next(first)).isEqualTo(first + 3_600);
    }

    /** Days on which clocks were set: a minute after midnight, over midnight, at midnight, back, by a whole day. */
    @ParameterizedTest
    @CsvSource({
        "America/St_Johns, 2010-03-14, */15 1-3",
        "America/St_Johns, 2010-03-14, '0,30 0-1'",
        "America/St_Johns, 1988-04-03, */15 1-4",
        "America/Scoresbysund, 2025-03-29, */10 22-23",
        "America/Sao_Paulo, 2018-11-04, */20 0-2",
        "America/Santiago, 2024-09-08, '5,35 0,1,23'",
        "Europe/Berlin, 2026-03-29, */15 1-3",
        "Europe/Berlin, 2026-10-25, */15 1-3",
        "America/St_Johns, 2010-11-07, '*/15 0,1,23'",
        "Pacific/Apia, 2011-12-30, */30 11-13",
        "Australia/Lord_Howe, 2026-10-04, */5 1-3"
    })
    void noTimeOfADayOnWhichClocksAreSetIsLost(String zone, LocalDate day, String text) throws BadEntry {
        String[] fields = text.split(" ", -1);
        Cron cron = Cron.parse("CRON_TZ=" + zone + " " + text + " * * *");
        TreeSet<Double> expected = new TreeSet<>();
        BitSet minutes = CronField.read("minute", fields[0], 0, 59, List.of());
        BitSet hours = CronField.read("hour", fields[1], 0, 23, List.of());
        for (LocalDate date = day.minusDays(2); date.isBefore(day.plusDays(3)); date = date.plusDays(1)) {
            for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
                for (int minute = minutes.nextSetBit(0); minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
                    expected.add((double)
                            date.atTime(hour, minute).atZone(ZoneId.of(zone)).toEpochSecond());
                }
            }
        }
        List<Double> found = new ArrayList<>();
        for (double time = cron.next(expected.first() - 1); time <= expected.last(); time = cron.next(time)) {
            found.add(time);
        }
        assertThat(found).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theNextTimeIsThatOfLookingAtEveryMinute(long seed) throws BadEntry {
        Random random = new Random(seed);
        for (int i = 0; i < 30; i++) {
            String minute = List.of("*", "*/7", "3,50", "10-20/5").get(random.nextInt(4));
            String hour = List.of("*/5", "0", "22-23", "7").get(random.nextInt(4));
            String weekday = List.of("*", "mon,thu", "5-7").get(random.nextInt(3));
            Cron cron = Cron.parse("CRON_TZ=UTC " + minute + " " + hour + " * * " + weekday);
            int after = 1_700_000_000 + random.nextInt(100_000_000);
            int time = after - after % 60 + 60;
            while (!matches(minute, hour, weekday, time)) {
                time += 60;
            }
            assertThat(cron.next(after))
                    .describedAs("seed %d: %s after %d", seed, cron, after)
                    .isEqualTo(time);
        }
    }

    private static boolean matches(String minute, String hour, String weekday, int time) {
        ZonedDateTime at = Instant.ofEpochSecond(time).atZone(ZoneId.of("UTC"));
        int m = at.getMinute();
        int h = at.getHour();
        boolean minutes = switch (minute) {
            case "*" -> true;
            case "*/7" -> m % 7 == 0;
            case "3,50" -> m == 3 || m == 50;
            default -> m == 10 || m == 15 || m == 20;
        };
        boolean hours = switch (hour) {
            case "*/5" -> h % 5 == 0;
            case "0" -> h == 0;
            case "22-23" -> h >= 22;
            default -> h == 7;
        };
        int day = at.getDayOfWeek().getValue();
        return minutes && hours && (weekday.equals("*") || (weekday.equals("5-7") ? day >= 5 : day == 1 || day == 4));
    }

    @ParameterizedTest
    @CsvSource({
        "'0 6 * *', minute hour day month weekday",
        "'61 6 * * *', 0 to 59",
        "'0 6 * * someday', sun to sat",
        "'0 6-5 * * *', 0 to 23",
        "'*/0 6 * * *', 0 to 59",
        "'-1 6 * * *', 0 to 59",
        "'0,,1 6 * * *', 0 to 59",
        "'0 6 31 4 *', a day that exists",
        "'CRON_TZ=Nowhere 0 6 * * *', a time zone like CRON_TZ=Europe/Berlin",
    })
    void whatIsNoneIsRefusedWithWhatWasExpected(String text, String expected) {
        assertThatThrownBy(() -> Cron.parse(text))
                .isInstanceOf(BadEntry.class)
                .hasMessageStartingWith("cron")
                .hasMessageContaining("expected: ")
                .hasMessageContaining(expected);
    }
}
