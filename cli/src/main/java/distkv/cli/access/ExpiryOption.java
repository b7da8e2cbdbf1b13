package distkv.cli.access;

import distkv.cli.input.UsageException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads for how long something is valid: {@code 90m}, {@code 12h}, {@code 30d}. */
public final class ExpiryOption {
    private static final Pattern LIFE = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

    private ExpiryOption() {}

    /**
     * Reads the value of an option.
     *
     * @throws UsageException naming the option
     */
    public static Duration parse(String option, String text) {
        Matcher life = LIFE.matcher(text);
        if (!life.matches()) {
            throw new UsageException(option + " " + text + " (expected: a number and s, m, h or d, for example 30d)");
        }
        long number = Long.parseLong(life.group(1));
        return switch (life.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
