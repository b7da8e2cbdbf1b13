package distkv.code;

import distkv.model.Path;

/** A watch or a monitor that a job has opened. Each message names the subscription that it comes from. */
public interface Subscription {
    /** The path of the watched entry, or the monitored topic. */
    Path path();

    /** Ends it. Messages that are waiting are still delivered. Returns whether it was active. */
    boolean cancel();
}
