package distkv.runner.sandbox;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How much a node insists on a sandbox. */
public enum SandboxMode {
    /** The strongest that the machine allows. */
    AUTO,
    /** One that keeps code from the runner's files and processes; without one the runner does not start. */
    REQUIRED,
    OFF;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a word.
     *
     * @param key what the word is the value of, for the message
     * @throws IllegalArgumentException if it is none of them
     */
    public static SandboxMode named(String key, String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + ": " + word + " (expected: "
                        + Arrays.stream(values()).map(SandboxMode::word).collect(Collectors.joining(", ")) + ")"));
    }
}
