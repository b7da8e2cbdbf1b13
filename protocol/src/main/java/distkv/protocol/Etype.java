package distkv.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The class of an error, for programs. */
public enum Etype {
    /** A chain, or the expectation of a commit, that does not match what is there. */
    CHAIN,
    /** A guard that does not hold. */
    GUARD,
    /** A guard that is a claim on standby: nothing is written until it has been swapped for the claim. */
    NOT_YET,
    /** A {@code prev} that differs from what is there. */
    VALUE,
    /** No such session, or a wrong secret. */
    SESSION,
    /** The history does not reach back to {@code since}. */
    COMPACTED,
    /** It may have been written or not: read before trying again. */
    UNKNOWN,
    /** It was not written, and trying again may help. */
    REFUSED,
    /** It was not written, as the server's memory is used up: delete something, or give it more. */
    FULL,
    /** There is no such thing. */
    NOTFOUND,
    /** A malformed request; the text names the key and what was expected. */
    REQUEST,
    /** No such action, or one that this server does not do. */
    ACTION,
    /** A stream that was read too slowly. */
    OVERFLOW,
    /** Not allowed. */
    ACCESS,
    /** Something is wrong with the connection. */
    CONN,
    /** None of these: a fault of the server, or an error of another server. */
    OTHER;

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Etype of(@Nullable String word) {
        for (Etype etype : values()) {
            if (etype.word().equals(word)) {
                return etype;
            }
        }
        return OTHER;
    }
}
