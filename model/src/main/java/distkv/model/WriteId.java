package distkv.model;

/**
 * Identifies the request that a commit was made for, so that a client that lost the answer can ask for the outcome.
 *
 * @param writer the number of the connection, unique even among the servers of a tree
 * @param number the number of the request on that connection
 */
public record WriteId(long writer, long number) {
    public WriteId {
        if (writer <= 0 || number == 0) {
            throw new IllegalArgumentException(
                    "write " + writer + ":" + number + " (expected: a positive writer, and a number that is not 0)");
        }
    }

    /** The id of all commits of a request but the last one, if it takes several. */
    public WriteId part() {
        return new WriteId(writer, -number);
    }
}
