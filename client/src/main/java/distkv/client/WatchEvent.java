package distkv.client;

import distkv.model.Entry;

/** An event of a watch. */
public sealed interface WatchEvent {
    /** An entry that the watch delivers for the first time, was written, or was deleted. */
    record Changed(Entry entry) implements WatchEvent {}

    /**
     * Everything up to {@code tick} is delivered: first after the initial entries, and then after the changes that were
     * made during an interruption.
     */
    record UpToDate(long tick) implements WatchEvent {}

    /**
     * The connection is interrupted. Delivered entries may be out of date until the next {@link UpToDate}; no change is
     * lost.
     */
    record CutOff(String reason) implements WatchEvent {}
}
