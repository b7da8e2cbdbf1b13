package distkv.code;

import distkv.model.Path;

/** A watch or a monitor that a job has opened; every message says from which it comes. */
public interface Subscription {
    /** The entry that is watched, or the topic that is monitored. */
    Path path();

    /** Ends it. Messages that wait already still come. Returns whether it was running. */
    boolean cancel();
}
