package distkv.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The class of an error, for programs. */
public enum Etype {
    /** A chain, or the expectation of a commit, that does not match what is there. */
    CHAIN,
    /** A guard that does not hold. */
    GUARD,
    /** A guard that is a claim on standby: nothing is written until the claim has taken over. */
    NOT_YET,
    /** A {@code prev} that differs from what is there. */
    VALUE,
    /** No such session, or a wrong secret. */
    SESSION,
    /** The history does not reach back to {@code since}. */
    COMPACTED,
    /** It may have been written or not: read the entry before retrying. */
    UNKNOWN,
    /** This server is a read-only copy, or was the main one once: write to the one that is it now. */
    READ_ONLY,
    /** It was not written; retrying may help. */
    REFUSED,
    /** It was not written, since the server's memory is used up. */
    FULL,
    /** There is no such thing. */
    NOTFOUND,
    /** A malformed request; the text names the key and what was expected. */
    REQUEST,
    /** No such action, or one that this server does not support. */
    ACTION,
    /** A stream that was read too slowly. */
    OVERFLOW,
    /** Not allowed. */
    ACCESS,
    /** Something is wrong with the connection. */
    CONN,
    /** None of these: an internal error, or an error of another server. */
    OTHER;

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type with this word on the wire; {@link #OTHER} for an unknown one. */
    public static Etype of(@Nullable String word) {
        for (Etype etype : values()) {
            if (etype.word().equals(word)) {
                return etype;
            }
        }
        return OTHER;
    }
}
