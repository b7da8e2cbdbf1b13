package distkv.client;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Write;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/** Commits on the wire. */
final class CommitRequests {
    private CommitRequests() {}

    /**
     * Sends a commit. Returns the tick of each write.
     *
     * @param cause the tick of the change that led to it, unless the commit has an origin; 0 for none
     */
    static List<Long> commit(Connector connector, Commit commit, long cause) throws InterruptedException {
        List<CommitWrite> writes = new ArrayList<>(commit.writes().size());
        for (Write write : commit.writes()) {
            boolean bound = write.lease() != 0;
            if (bound) {
                checkLease(connector, write);
            }
            writes.add(new CommitWrite(write.path(), write.value(), chained(connector, write.expectation()), bound));
        }
        Origin origin = commit.origin();
        Reply reply = RetryingCall.call(
                connector,
                true,
                seq -> new Request.CommitAll(
                        seq,
                        writes,
                        commit.guards(),
                        origin == null ? cause : origin.cause(),
                        origin == null ? null : origin.by()));
        if (reply instanceof Reply.Committed committed) {
            return committed.ticks();
        }
        throw new ClientException(Etype.OTHER, "commit: reply " + reply + " (expected: ticks)");
    }

    private static void checkLease(Connector connector, Write write) {
        Session session = connector.session();
        if (session == null || session.id() != write.lease()) {
            throw new SessionLostException("write of " + write.path() + " under lease " + write.lease() + " (expected: "
                    + (session == null ? "none, as there is no session" : "session " + session.id()) + ")");
        }
    }

    /** The chain that stands for an expectation. */
    static ChainCondition chained(Connector connector, Expectation expectation) {
        return switch (expectation) {
            case Expectation.Anything() -> ChainCondition.UNCHECKED;
            case Expectation.Absent() -> ChainCondition.ABSENT;
            case Expectation.At(long tick) -> new ChainCondition.Link(connector.tree(), tick);
        };
    }
}
