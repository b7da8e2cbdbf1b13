package distkv.protocol;

/** The types of MsgPack values, with their names in error messages. */
public enum MsgType {
    NIL("nil"),
    BOOLEAN("a boolean"),
    INTEGER("an integer"),
    FLOAT("a float"),
    TEXT("text"),
    BYTES("bytes"),
    ARRAY("an array"),
    MAP("a map"),
    EXT("an extension value");

    private final String word;

    MsgType(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
