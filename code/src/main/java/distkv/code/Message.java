package distkv.code;

import distkv.model.Path;
import org.jspecify.annotations.Nullable;

/**
 * What comes to a running job, by {@link Context#messages}. Values are Java objects: {@code null} for nil,
 * {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@code byte[]}, {@link java.util.List},
 * {@link java.util.Map}, {@link Path}; so {@code case Change(Path path, Number value, _)} is a number's change.
 */
public sealed interface Message {
    /** An entry that the job watches was there at the start, or was written. */
    record Change(Path path, @Nullable Object value, Subscription from) implements Message {}

    /** An entry that the job watches was deleted. */
    record Deleted(Path path, Subscription from) implements Message {}

    /** Another client has sent a message to a topic that the job monitors. */
    record Received(Path topic, @Nullable Object value, Subscription from) implements Message {}

    /** A timer's time has come. */
    record Fired(Timer timer) implements Message {}

    /**
     * All that was there is delivered: of no watch when the job begins, then of as many as were opened so far. It may
     * come several times; compare the number. That counts each watch once that has delivered what was there, those
     * included that were cancelled since; one that is cancelled, or refused, before that is neither counted nor waited
     * for.
     */
    record Ready(int watches) implements Message {}

    /** How complete the job's group of nodes is. It comes when the job begins and whenever it changes. */
    sealed interface GroupState extends Message {
        /** How many nodes of the group are there, this one included. */
        int count();

        /** How many there should be; 0 if nobody has said. */
        int nodes();
    }

    /** As many nodes as there should be, or more. */
    record Complete(int count, int nodes) implements GroupState {}

    /** More than one, but fewer than there should be. */
    record Partial(int count, int nodes) implements GroupState {}

    /** No other node can be seen: this one is alone, or cut off from the server. */
    record Detached(int count, int nodes) implements GroupState {}

    /** Something is wrong: the group was not seen yet, or this node is missing from it. */
    record Broken(int count, int nodes) implements GroupState {}
}
