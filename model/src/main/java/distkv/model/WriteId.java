package distkv.model;

/**
 * Which request a commit was made for, so that whoever lost the answer can ask what became of it.
 *
 * @param writer the connection that it came on; no other connection has this number, not even one of another server
 * @param number the request's number there
 */
public record WriteId(long writer, long number) {
    public WriteId {
        if (writer <= 0 || number == 0) {
            throw new IllegalArgumentException(
                    "write " + writer + ":" + number + " (expected: a positive writer, and a number that is not 0)");
        }
    }

    /** The id of a request's commits but its last one, if it takes several. */
    public WriteId part() {
        return new WriteId(writer, -number);
    }
}
