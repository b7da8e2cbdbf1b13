package distkv.protocol;

/** What a request's {@code chain} requires of the entry. */
public sealed interface ChainCondition {
    /** No chain was sent. */
    record Unchecked() implements ChainCondition {}

    /** A chain of nil: there must be no entry. */
    record Absent() implements ChainCondition {}

    /** The entry must be there, and this its newest link. */
    record Link(String node, long tick) implements ChainCondition {}

    ChainCondition UNCHECKED = new Unchecked();
    ChainCondition ABSENT = new Absent();
}
