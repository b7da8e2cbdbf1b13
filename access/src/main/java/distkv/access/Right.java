package distkv.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What somebody may do at a path. There are only rules that allow; what no rule allows is denied. */
public enum Right {
    /** Read and watch entries, and monitor messages. */
    READ,
    /** Write and delete data, and send messages. */
    WRITE,
    /** Write procedures, modules and jobs: whoever may do that runs code on the nodes. */
    CODE,
    /** Start, stop and move jobs, and resolve errors; nodes also record states and claims. */
    RUN,
    /** Everything else: the configuration, users, roles and the internal tree. */
    ADMIN;

    /** The right's name in entries, options and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a right by its name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that exist
     */
    public static Right of(String word) {
        for (Right right : values()) {
            if (right.word().equals(word)) {
                return right;
            }
        }
        throw new IllegalArgumentException("right: " + word + " (expected: " + words(EnumSet.allOf(Right.class)) + ")");
    }

    static String words(Set<Right> rights) {
        return Arrays.stream(values()).filter(rights::contains).map(Right::word).collect(Collectors.joining(", "));
    }
}
