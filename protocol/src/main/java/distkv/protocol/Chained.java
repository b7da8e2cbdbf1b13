package distkv.protocol;

/** What a request's {@code chain} requires of the entry. */
public sealed interface Chained {
    /** No chain was sent. */
    record Unchecked() implements Chained {}

    /** A chain of nil: there must be no entry. */
    record Absent() implements Chained {}

    /** The entry must be there, and this its newest link. */
    record Link(String node, long tick) implements Chained {}

    Chained UNCHECKED = new Unchecked();
    Chained ABSENT = new Absent();
}
