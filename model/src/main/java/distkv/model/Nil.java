package distkv.model;

/** The path element that is nil in MsgPack; as the first element it leads into the internal tree. */
public enum Nil {
    NIL
}
