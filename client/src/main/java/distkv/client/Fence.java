package distkv.client;

import distkv.model.Guard;
import java.util.List;

/** Guards all writes of a {@link Client#fenced} client. Any thread may ask it. */
public interface Fence {
    /** What the next write requires; may be nothing. */
    List<Guard> guards();

    /**
     * The server has refused a write because of a guard, be it one of these or another: what its caller gets. They may
     * have changed since the write was sent.
     */
    RuntimeException refused(ConflictException why);
}
