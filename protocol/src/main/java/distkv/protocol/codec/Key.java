package distkv.protocol.codec;

import distkv.protocol.MsgWriter;
import distkv.protocol.StatePart;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The known keys of requests and replies; others are ignored. */
enum Key {
    SEQ,
    ACTION,
    STATE,
    PATH,
    VALUE,
    NCHAIN,
    CHAIN,
    PREV,
    IDEM,
    GUARD,
    AGAIN,
    WRITER,
    SESSION,
    SECRET,
    SOCKET,
    TTL,
    WRITES,
    BY,
    CAUSE,
    NODE,
    TICK,
    TOCK,
    MAX,
    MIN_DEPTH,
    MAX_DEPTH,
    EMPTY,
    ADD_EMPTY,
    FETCH,
    REFUSED,
    SINCE,
    ONLY,
    WITH_DATA,
    SORTED,
    TASK,
    TOPIC,
    DATA,
    RAW,
    MODE,
    ACL,
    QLEN,
    ACK,
    WSEQ,
    NODES,
    KNOWN,
    CURRENT,
    MISSING,
    REMOTE_MISSING,
    DELETED,
    PRESENT,
    SUPERSEDED,
    ENTRIES,
    MEMORY,
    STORE,
    TLS,
    PORT,
    DEBUG,
    DEBUGGER,
    ERROR,
    ETYPE,
    CHANGED,
    RESULT,
    DEPTH,
    OLD_VALUE,
    VERSION,
    AUTH,
    EXT,
    TICKS,
    ACCESS,
    NOTE,
    PUBKEY,
    TYP,
    IDENT,
    PASSWORD,
    NEW,
    TOKEN,
    CODE,
    CLIENT,
    APPROVED,
    ID,
    NAME,
    HASH,
    EXPIRES,
    GROUPS,
    LABELS,
    ADDRESS,
    TREE,
    EPOCH,
    SEAL,
    COPY,
    RESUME,
    FORCE;

    private static final NameTable<Key> NAMES = new NameTable<>(values(), Key::toString);

    private final String word = name().toLowerCase(Locale.ROOT);
    /** The name as MsgPack text; never changed. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] encoded = new MsgWriter().text(word).toByteArray();

    /** The key with this name, if it is one. */
    static @Nullable Key of(byte[] bytes, int from, int length) {
        return NAMES.find(bytes, from, length);
    }

    /** The key of a part of the state. */
    static Key of(StatePart part) {
        return valueOf(part.name());
    }

    /** The index in an array with an element for every key; not stable across versions. */
    @SuppressWarnings("EnumOrdinal")
    int slot() {
        return ordinal();
    }

    void write(MsgWriter out) {
        out.raw(encoded, 0, encoded.length);
    }

    @Override
    public String toString() {
        return word;
    }
}
