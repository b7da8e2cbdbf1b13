package distkv.model;

/** The path element that MsgPack writes as nil; as the first element it leads into the internal tree. */
public enum Nil {
    NIL
}
