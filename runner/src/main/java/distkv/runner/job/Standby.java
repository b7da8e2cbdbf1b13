package distkv.runner.job;

import distkv.runner.worker.Ended;
import distkv.schema.job.StateEntry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run on standby: what it waits for, and how far it is. Used by the decision thread only. */
final class Standby {
    /** The claim that it is to take over. */
    final long from;

    /** What the run said when it was ready to take over; {@code null} while it is not. */
    @Nullable
    Map<String, @Nullable Object> said;

    /** Whether that is written, or being written. */
    boolean told;

    /** The state that says that it has taken over, while the commit of that is under way. */
    @Nullable
    StateEntry swapping;

    /** Who has the claim that it is taking over; empty: nobody. */
    String holder = "";

    /** How the run ended while that commit was under way. */
    @Nullable
    Ended ended;

    Standby(long from) {
        this.from = from;
    }
}
