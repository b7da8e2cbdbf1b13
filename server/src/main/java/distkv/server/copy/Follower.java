package distkv.server.copy;

import org.jspecify.annotations.Nullable;

/** Whoever keeps the store of a server a copy of a main server's. Any thread may call it. */
public interface Follower {
    /** The address of the main server. */
    String main();

    /** How many changes the main server has that are not here, as far as it has said. */
    long behind();

    /** For how many seconds this has not been a complete copy, or has not known whether it is; 0 if it is one. */
    long seconds();

    /** What prevents it from following, as text for people; "" if nothing does. */
    String trouble();

    /**
     * Has this server become the main one, soon after the return. May wait.
     *
     * @param force even if the main server lives
     * @return why not; {@code null} if it does
     */
    @Nullable
    String promote(boolean force);
}
