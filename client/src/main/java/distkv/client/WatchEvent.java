package distkv.client;

import distkv.model.Entry;

/** What a watch delivers. */
public sealed interface WatchEvent {
    /** An entry is new to this watch: it was there, was written, or was deleted. */
    record Changed(Entry entry) implements WatchEvent {}

    /**
     * All up to {@code tick} is delivered: after what was there first, and again after what changed while the
     * connection was away.
     */
    record UpToDate(long tick) implements WatchEvent {}

    /** The connection is away; what is known may be out of date until the next {@link UpToDate}. Nothing is missed. */
    record CutOff(String reason) implements WatchEvent {}
}
