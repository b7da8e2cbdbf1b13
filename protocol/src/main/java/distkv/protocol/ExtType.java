package distkv.protocol;

/** The MsgPack extension types with a meaning in the protocol; all others are passed on as they are. */
public final class ExtType {
    /** An unsigned integer of more than 64 bits, big-endian. */
    public static final int INTEGER = 2;
    /** A path: its elements one after another. */
    public static final int PATH = 3;
    /** A named object; the name {@code _} means "not given". */
    public static final int NAMED = 4;
    /** A path like {@link #PATH}, preceded by a text as its mark. */
    public static final int MARKED_PATH = 6;

    private ExtType() {}
}
