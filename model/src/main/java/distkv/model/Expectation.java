package distkv.model;

import org.jspecify.annotations.Nullable;

/** What a write requires of the entry it replaces; otherwise its commit conflicts and changes nothing. */
public sealed interface Expectation {
    /** No requirement. */
    record Anything() implements Expectation {}

    /** There is no entry. */
    record Absent() implements Expectation {}

    /** The entry exists and was last written by this tick. */
    record At(long tick) implements Expectation {}

    static Expectation anything() {
        return new Anything();
    }

    static Expectation absent() {
        return new Absent();
    }

    static Expectation at(long tick) {
        return new At(tick);
    }

    /** Whether the current entry, or {@code null} if there is none, is as expected. */
    default boolean holds(@Nullable Entry current) {
        return switch (this) {
            case Anything() -> true;
            case Absent() -> current == null || current.isDeletion();
            case At(long tick) -> current != null && !current.isDeletion() && current.tick() == tick;
        };
    }
}
