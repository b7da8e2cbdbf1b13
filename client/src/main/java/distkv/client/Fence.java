package distkv.client;

import distkv.model.Guard;
import java.util.List;

/** Guards all writes of a {@link Client#fenced} client. Must be thread-safe. */
public interface Fence {
    /** The guards of the next write; may be empty. */
    List<Guard> guards();

    /** The tick of the change that leads to the next write of this thread; 0 if there is none. */
    default long cause() {
        return 0;
    }

    /**
     * Returns the exception for the caller of a write that the server has refused because of a guard: one of these, or
     * another. These may have changed since the write was sent.
     */
    RuntimeException refused(ConflictException why);
}
