package distkv.code;

import distkv.model.Path;
import org.jspecify.annotations.Nullable;

/**
 * A message to a running job, from {@link Context#messages}. Values are Java objects: {@code null} for nil, {@link
 * Boolean}, {@link Long}, {@link Double}, {@link String}, {@code byte[]}, {@link java.util.List}, {@link
 * java.util.Map}, {@link Path}; so {@code case Change(Path path, Number value, _)} matches the change of a number.
 */
public sealed interface Message {
    /** A watched entry existed when the watch started, or was written. */
    record Change(Path path, @Nullable Object value, Subscription from) implements Message {}

    /** A watched entry was deleted. */
    record Deleted(Path path, Subscription from) implements Message {}

    /** Another client has sent a message to a monitored topic. */
    record Received(Path topic, @Nullable Object value, Subscription from) implements Message {}

    /** A timer has fired. */
    record Fired(Timer timer) implements Message {}

    /**
     * The initial entries of all watches are delivered: those of no watch when the job starts, later those of the
     * watches opened so far. It may come several times; compare the number. The number counts each watch once it has
     * delivered its initial entries, even if it was cancelled since. A watch that is cancelled or refused before that
     * is neither counted nor waited for.
     */
    record Ready(int watches) implements Message {}

    /** The state of the job's group of nodes. It comes when the job starts and whenever the state changes. */
    sealed interface GroupState extends Message {
        /** The number of nodes that are present, this one included. */
        int count();

        /** The number of nodes that the group should have; 0: not configured. */
        int nodes();
    }

    /** All nodes are present, or more. */
    record Complete(int count, int nodes) implements GroupState {}

    /** More than one node is present, but not all. */
    record Partial(int count, int nodes) implements GroupState {}

    /** No other node is visible: this one is alone, or cut off from the server. */
    record Detached(int count, int nodes) implements GroupState {}

    /** Something is wrong: the group is not known yet, or this node is missing from it. */
    record Broken(int count, int nodes) implements GroupState {}
}
