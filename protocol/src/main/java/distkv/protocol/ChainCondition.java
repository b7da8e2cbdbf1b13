package distkv.protocol;

/** What the {@code chain} of a request requires of the entry. */
public sealed interface ChainCondition {
    /** No chain was sent. */
    record Unchecked() implements ChainCondition {}

    /** A chain of nil: there must be no entry. */
    record Absent() implements ChainCondition {}

    /** There must be an entry, with this as its newest link. */
    record Link(String node, long tick) implements ChainCondition {}

    ChainCondition UNCHECKED = new Unchecked();
    ChainCondition ABSENT = new Absent();
}
