package distkv.runner.accept;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How much a node insists on signatures of code. */
public enum SigningMode {
    /** Signatures are not looked at. */
    OFF,
    /** What {@link #REQUIRED} would refuse is logged, and started. */
    WARN,
    /** What is not signed as it is, by a key that may do that, is not started. */
    REQUIRED;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a word.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static SigningMode named(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(word + " (expected: "
                        + Arrays.stream(values()).map(SigningMode::word).collect(Collectors.joining(", ")) + ")"));
    }
}
