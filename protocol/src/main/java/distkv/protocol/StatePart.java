package distkv.protocol;

import java.util.Locale;

/** The parts of {@code get_state}. */
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
    /** The number of entries; an extension. */
    ENTRIES,
    /** The memory that entries take and may take, in bytes: {@code [used, limit]}; an extension. */
    MEMORY,
    /** What prevents the store from writing, as text for people; nil if nothing does. An extension. */
    STORE,
    /** How the server's certificate is, as text for people; nil without TLS. An extension. */
    TLS,
    /**
     * Where code on the server's machine reaches its port: a map with {@code host}, which begins with {@code tls://} if
     * there is TLS, {@code port}, and {@code authority}, the fingerprint of the server's own authority, if it has one. An
     * extension.
     */
    PORT,
    /** Which copies there are, or how far behind this one is; nil if neither. An extension. */
    COPY;

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
