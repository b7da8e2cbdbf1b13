package distkv.protocol;

/** The MsgPack extension types that the protocol gives a meaning; all others are passed on as they are. */
public final class ExtType {
    /** An unsigned integer of more than 64 bits, big-endian. */
    public static final int INTEGER = 2;
    /** A path: its elements one after another. */
    public static final int PATH = 3;
    /** A named object; the name {@code _} means "not given". */
    public static final int NAMED = 4;
    /** A path as {@link #PATH}, after a text that marks it. */
    public static final int MARKED_PATH = 6;

    private ExtType() {}
}
