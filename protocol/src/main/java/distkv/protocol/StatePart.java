package distkv.protocol;

import java.util.Locale;

/** What {@code get_state} can be asked for. */
public enum StatePart {
    NODES,
    KNOWN,
    CURRENT,
    MISSING,
    REMOTE_MISSING,
    DELETED,
    PRESENT,
    SUPERSEDED,
    DEBUG,
    DEBUGGER,
    /** How many entries there are; an addition of ours. */
    ENTRIES,
    /** How many bytes of memory they take, and may take: {@code [used, limit]}; an addition of ours. */
    MEMORY,
    /** What keeps the store from writing, as text for people; nil if nothing does. An addition of ours. */
    STORE;

    Key key() {
        return Key.valueOf(name());
    }

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
