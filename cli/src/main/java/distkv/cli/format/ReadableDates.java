package distkv.cli.format;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds a readable date beside each number that may be a time: {@code _target} beside {@code target}. */
public record ReadableDates(Clock clock) {
    private static final Duration NEAR = Duration.ofDays(366);
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

    /** A copy of the value in which each number within a year of now has its date beside it. */
    @Nullable
    public Object added(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(this::added).toList();
        } else if (!(value instanceof Map<?, ?>)) {
            return value;
        }
        Map<@Nullable Object, @Nullable Object> dated = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, item) -> {
            boolean ours = key instanceof String name && name.startsWith("_");
            if (!ours && item instanceof Number number && isTime(number.doubleValue())) {
                dated.put("_" + key, text(number.doubleValue()));
            }
            dated.put(key, ours ? item : added(item));
        });
        return dated;
    }

    private boolean isTime(double seconds) {
        return Math.abs(seconds - now()) <= NEAR.toSeconds();
    }

    public double now() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }

    public String text(double seconds) {
        Instant instant = Instant.ofEpochMilli((long) Math.floor(seconds * 1000));
        return LocalDateTime.ofInstant(instant, ZoneId.systemDefault()).format(FORMAT);
    }
}
